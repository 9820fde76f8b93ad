import type { CurveLocation, Sweep, SweepResult } from '../results/sweep.js';
import { type CombinedCurve, combine, curvePoints } from './combined-curve.js';
import { confidence } from './confidence.js';
import { type Descent, descentOf } from './descent.js';
import { diagnose } from './diagnose.js';
import { slopePerDecade } from './slope.js';
import { indexOfLeast, type SmoothedCurve, type SuggestionMethod } from './suggest/method.js';
import { usableRange } from './usable-range.js';

/** The shape of a curve does not show with fewer rates. */
const LEAST_RATES = 10;

/** A loss this many standard deviations below the start has departed from it. */
const DEPARTED_SIGMAS = 3;

/** The part of a result that follows from the measurements. */
export type Conclusions = Pick<
  SweepResult,
  'suggestion' | 'reason' | 'suggestions' | 'steepest' | 'divergence' | 'minimum' | 'range' | 'diagnosis' | 'curve'
>;

/**
 * Analyses the sweeps of a learning-rate search.
 *
 * @param rates of a whole sweep, rising
 * @param sweeps one for each seed; a sweep may have stopped early
 * @param methods of suggestion, at least one; the first gives the answer
 * @param averaging whether the optimizer averages gradients over steps, as Adam does
 *
 * @example
 * const rates = sweepRates(1e-7, 10, 150, 'geometric');
 * const { suggestion } = analyse(rates, result.sweeps, suggestionMethods, true);
 */
export function analyse(
  rates: readonly number[],
  sweeps: readonly Sweep[],
  methods: readonly SuggestionMethod[],
  averaging: boolean,
): Conclusions {
  const losses = sweeps.map(({ points }) => points.map(({ loss }) => loss));
  const curve = combine(rates, losses);
  if (!curve)
    return noConclusions(methods, 'the loss was not finite from the first step on: check the data and the loss');
  const descent = descentOf(curve);
  const [method] = methods as [SuggestionMethod];
  const suggestions = Object.fromEntries(methods.map((each) => [each.name, suggest(each, curve, descent, averaging)]));
  const rate = suggestions[method.name] ?? null;
  const reason = reasonAgainst(rates, curve, descent, rate, method.name);
  const answer = reason === null && rate !== null ? rate : null;
  return {
    suggestion: answer === null ? null : withInterval(answer, method, rates, losses, descent, averaging),
    reason,
    suggestions,
    ...landmarks(curve, descent),
    range: usableRange(rates, descent, answer),
    diagnosis: diagnose(curve, descent, sweeps),
    curve: curvePoints(curve),
  };
}

function suggest(method: SuggestionMethod, curve: CombinedCurve, descent: Descent, averaging: boolean): number | null {
  return method.suggest(relevantPart(curve, descent), { rates: curve.rates, descent, averaging });
}

/**
 * The informative part of the curve: from the last point that is still at the start level to the first that is back
 * above it. Other finders skip a fixed number of points at both ends instead.
 */
function relevantPart({ rates, losses, start, noise }: CombinedCurve, { bottom }: Descent): SmoothedCurve {
  const from = Math.max(
    0,
    losses.findLastIndex((loss, i) => i < bottom && loss >= start - DEPARTED_SIGMAS * noise),
  );
  const back = losses.findIndex((loss, i) => i > bottom && loss > start);
  const to = back < 0 ? losses.length : back;
  return { rates: rates.slice(from, to), losses: losses.slice(from, to) };
}

function reasonAgainst(
  rates: readonly number[],
  { start }: CombinedCurve,
  { flat, divergenceRate }: Descent,
  rate: number | null,
  method: string,
): string | null {
  if (rates.length < LEAST_RATES) return `too few steps: ${rates.length}, at least ${LEAST_RATES} are needed`;
  if (flat && divergenceRate === null)
    return `the curve is flat: the loss stays at ${start.toPrecision(4)} at every rate`;
  return rate === null ? `the method ${method} finds no rate on this curve` : null;
}

function withInterval(
  learningRate: number,
  method: SuggestionMethod,
  rates: readonly number[],
  sweeps: readonly (readonly (number | null)[])[],
  descent: Descent,
  averaging: boolean,
): SweepResult['suggestion'] {
  const others = sweeps.length < 3 ? [] : sweeps.map((_, left) => withoutSweep(left, method, rates, sweeps, averaging));
  const known = others.filter((rate) => rate !== null);
  const limits = [rates[0] as number, rates.at(-1) as number] as const;
  const cut = descent.stillFalling || descent.startsDescending;
  const interval = confidence(learningRate, known, descent.flat ? 0 : descent.signal, cut, limits);
  return { learningRate, ...interval, method: method.name };
}

function withoutSweep(
  left: number,
  method: SuggestionMethod,
  rates: readonly number[],
  sweeps: readonly (readonly (number | null)[])[],
  averaging: boolean,
): number | null {
  const curve = combine(rates, sweeps.toSpliced(left, 1));
  return curve && suggest(method, curve, descentOf(curve), averaging);
}

/** The points of steepest descent, divergence and minimum on the smoothed curve. */
function landmarks(
  curve: CombinedCurve,
  { bottom, flat, divergenceRate }: Descent,
): Pick<SweepResult, 'steepest' | 'divergence' | 'minimum'> {
  const { rates, losses } = curve;
  const location = (i: number): CurveLocation => ({ rate: rates[i] as number, loss: losses[i] as number });
  // Searched with a margin, because the divergence rate went through a logarithm and back.
  const divergence =
    divergenceRate === null ? null : location(rates.findIndex((rate) => rate >= divergenceRate * (1 - 1e-9)));
  if (flat) return { steepest: null, minimum: null, divergence };
  const steepest = location(indexOfLeast(slopePerDecade(rates, losses).slice(0, bottom + 1)));
  return { steepest, minimum: location(bottom), divergence };
}

function noConclusions(methods: readonly SuggestionMethod[], reason: string): Conclusions {
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
