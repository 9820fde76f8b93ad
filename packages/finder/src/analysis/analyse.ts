import type { Place, Run, SeedRun } from '../result.js';
import { type CombinedCurve, combine, curvePoints } from './combined-curve.js';
import { confidence } from './confidence.js';
import { type Descent, descentOf } from './descent.js';
import { diagnose } from './diagnose.js';
import { slopePerDecade } from './slope.js';
import { indexOfLeast, type SmoothedCurve, type SuggestionMethod } from './suggest/method.js';
import { usableRange } from './usable-range.js';

/** Fewer rates than this show no shape. */
const LEAST_RATES = 10;

/** What follows from the measurements. */
export type Conclusions = Pick<
  Run,
  'suggestion' | 'reason' | 'suggestions' | 'steepest' | 'divergence' | 'minimum' | 'range' | 'diagnosis' | 'curve'
>;

/**
 * Reads the answer off the sweeps of all seeds.
 *
 * @param rates of a whole sweep, rising
 * @param seeds what each seed measured
 * @param methods of suggestion; the first gives the answer
 * @param averages whether the optimizer averages gradients; see `UpdateRule.averages`
 */
export function analyse(
  rates: readonly number[],
  seeds: readonly SeedRun[],
  methods: readonly SuggestionMethod[],
  averages: boolean,
): Conclusions {
  const sweeps = seeds.map(({ points }) => points.map(({ loss }) => loss));
  const curve = combine(rates, sweeps);
  if (!curve) return nothing(methods, 'the loss was not finite from the first step on: check the data and the loss');
  const descent = descentOf(curve);
  const [method] = methods as [SuggestionMethod];
  const suggestions = Object.fromEntries(methods.map((each) => [each.name, suggest(each, curve, descent, averages)]));
  const rate = suggestions[method.name] ?? null;
  const reason = reasonAgainst(rates, curve, descent, rate, method.name);
  const answer = reason === null && rate !== null ? rate : null;
  return {
    suggestion: answer === null ? null : suggestion(answer, method, rates, sweeps, descent, averages),
    reason,
    suggestions,
    ...places(curve, descent),
    range: usableRange(rates, descent, answer),
    diagnosis: diagnose(curve, descent, seeds),
    curve: curvePoints(curve),
  };
}

function suggest(method: SuggestionMethod, curve: CombinedCurve, descent: Descent, averages: boolean): number | null {
  return method.suggest(stretch(curve, descent), { rates: curve.rates, descent, averages });
}

/** A loss so many standard deviations below the start has left it. */
const LEFT = 3;

/**
 * The part of the curve that shows something, in place of the fixed first and last points that other finders leave out:
 * from the last point that is still at the start level to the first that is back above it.
 */
function stretch({ rates, losses, start, noise }: CombinedCurve, { bottom }: Descent): SmoothedCurve {
  const from = Math.max(
    0,
    losses.findLastIndex((loss, i) => i < bottom && loss >= start - LEFT * noise),
  );
  const back = losses.findIndex((loss, i) => i > bottom && loss > start);
  const to = back < 0 ? losses.length : back;
  return { rates: rates.slice(from, to), losses: losses.slice(from, to) };
}

function reasonAgainst(
  rates: readonly number[],
  { start }: CombinedCurve,
  { flat, gone }: Descent,
  rate: number | null,
  method: string,
): string | null {
  if (rates.length < LEAST_RATES) return `too few steps: ${rates.length}, at least ${LEAST_RATES} are needed`;
  if (flat && gone === null) return `the curve is flat: the loss stays at ${start.toPrecision(4)} at every rate`;
  return rate === null ? `the method ${method} finds no rate on this curve` : null;
}

function suggestion(
  learningRate: number,
  method: SuggestionMethod,
  rates: readonly number[],
  sweeps: readonly (readonly (number | null)[])[],
  descent: Descent,
  averages: boolean,
): Run['suggestion'] {
  const others = sweeps.length < 3 ? [] : sweeps.map((_, left) => withoutSeed(left, method, rates, sweeps, averages));
  const known = others.filter((rate) => rate !== null);
  const limits = [rates[0] as number, rates.at(-1) as number] as const;
  const cut = descent.stillFalling || descent.fallsAtOnce;
  const sureness = confidence(learningRate, known, descent.flat ? 0 : descent.signal, cut, limits);
  return { learningRate, ...sureness, method: method.name };
}

function withoutSeed(
  left: number,
  method: SuggestionMethod,
  rates: readonly number[],
  sweeps: readonly (readonly (number | null)[])[],
  averages: boolean,
): number | null {
  const curve = combine(rates, sweeps.toSpliced(left, 1));
  return curve && suggest(method, curve, descentOf(curve), averages);
}

/** Steepest descent, divergence and minimum on the smoothed curve. */
function places(
  curve: CombinedCurve,
  { bottom, flat, gone }: Descent,
): Pick<Run, 'steepest' | 'divergence' | 'minimum'> {
  const { rates, losses } = curve;
  const place = (i: number): Place => ({ rate: rates[i] as number, loss: losses[i] as number });
  // Found with a margin, since `gone` went through a logarithm and back.
  const divergence = gone === null ? null : place(rates.findIndex((rate) => rate >= gone * (1 - 1e-9)));
  if (flat) return { steepest: null, minimum: null, divergence };
  const steepest = place(indexOfLeast(slopePerDecade(rates, losses).slice(0, bottom + 1)));
  return { steepest, minimum: place(bottom), divergence };
}

function nothing(methods: readonly SuggestionMethod[], reason: string): Conclusions {
  return {
    suggestion: null,
    reason,
    suggestions: Object.fromEntries(methods.map(({ name }) => [name, null])),
    steepest: null,
    divergence: null,
    minimum: null,
    range: null,
    diagnosis: [`No curve: ${reason}.`],
    curve: [],
  };
}
