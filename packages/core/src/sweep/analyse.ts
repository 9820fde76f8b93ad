import { roundToFloat32 } from '../float32.js';
import type { CurveLocation, Sweep, SweepResult } from '../results/sweep.js';
import { type CombinedCurve, combine, curvePoints } from './combined-curve.js';
import { confidence } from './confidence.js';
import { type Descent, descentOf } from './descent.js';
import { diagnose, LEAST_STEPS_PER_DECADE, MOST_STEPS_PER_DECADE } from './diagnose.js';
import { reasonAgainst, reasonAgainstRate, withinRange } from './evidence.js';
import { stepsPerDecade } from './rates.js';
import { slopePerDecade } from './slope.js';
import { indexOfLeast, type SmoothedCurve, type SuggestionMethod, type SweptOptimizer } from './suggest/method.js';
import { usableRange } from './usable-range.js';

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
 * @param optimizer that of the sweeps
 *
 * @example
 * const rates = sweepRates(1e-7, 10, 150, 'geometric');
 * const { suggestion } = analyse(rates, result.sweeps, suggestionMethods, { averaging: true, usualRate: 0.003 });
 */
export function analyse(
  rates: readonly number[],
  sweeps: readonly Sweep[],
  methods: readonly SuggestionMethod[],
  optimizer: SweptOptimizer,
): Conclusions {
  const losses = sweeps.map(({ points }) => points.map(({ loss }) => loss));
  const curve = combine(rates, losses);
  if (!curve)
    return noConclusions(
      methods,
      'the loss was not finite from the first step on: check the data and the loss, and scale the features',
    );
  const descent = descentOf(curve);
  const [method] = methods as [SuggestionMethod];
  const against = reasonAgainst(curve, descent);
  const read = methods.map((each) => ({ each, rate: against ? null : suggest(each, curve, descent, optimizer) }));
  const suggestions = Object.fromEntries(
    read.map(({ each, rate }) => [each.name, rounded(withinRange(rate, rates, descent))]),
  );
  const reason = against ?? reasonAgainstRate(method.name, read[0]?.rate ?? null, rates, descent);
  const answer = reason === null ? (suggestions[method.name] as number) : null;
  return {
    suggestion: answer === null ? null : withInterval(answer, method, rates, losses, descent, optimizer),
    reason,
    suggestions,
    ...landmarks(curve, descent),
    range: usableRange(rates, descent, answer),
    diagnosis: diagnose(curve, descent, sweeps),
    curve: curvePoints(curve),
  };
}

/** A rate in float32 precision, so that it is the same in every engine. */
function rounded(rate: number | null): number | null {
  return rate === null ? null : roundToFloat32(rate);
}

function suggest(
  method: SuggestionMethod,
  curve: CombinedCurve,
  descent: Descent,
  optimizer: SweptOptimizer,
): number | null {
  return method.suggest(relevantPart(curve, descent), { rates: curve.rates, descent, ...optimizer });
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

function withInterval(
  learningRate: number,
  method: SuggestionMethod,
  rates: readonly number[],
  sweeps: readonly (readonly (number | null)[])[],
  descent: Descent,
  optimizer: SweptOptimizer,
): SweepResult['suggestion'] {
  const others = sweeps.length < 3 ? [] : sweeps.map((_, left) => withoutSweep(left, method, rates, sweeps, optimizer));
  const known = others.filter((rate) => rate !== null);
  const limits = [rates[0] as number, rates.at(-1) as number] as const;
  const cut = descent.stillFalling || descent.startsDescending || known.length < others.length;
  const perDecade = stepsPerDecade(rates);
  const misspaced = perDecade < LEAST_STEPS_PER_DECADE || perDecade > MOST_STEPS_PER_DECADE;
  const interval = confidence(learningRate, known, descent.flat ? 0 : descent.signal, cut || misspaced, limits);
  return { learningRate, ...interval, method: method.name };
}

function withoutSweep(
  left: number,
  method: SuggestionMethod,
  rates: readonly number[],
  sweeps: readonly (readonly (number | null)[])[],
  optimizer: SweptOptimizer,
): number | null {
  const curve = combine(rates, sweeps.toSpliced(left, 1));
  const descent = curve && descentOf(curve);
  return curve && descent && !reasonAgainst(curve, descent)
    ? withinRange(suggest(method, curve, descent, optimizer), rates, descent)
    : null;
}

/** The points of steepest descent, divergence and minimum on the smoothed curve. */
function landmarks(
  curve: CombinedCurve,
  { bottom, flat, risesFromStart, breaksAtStart, endsByBatch, divergenceRate }: Descent,
): Pick<SweepResult, 'steepest' | 'divergence' | 'minimum'> {
  const { rates, losses } = curve;
  const location = (i: number): CurveLocation => ({
    rate: rates[i] as number,
    loss: roundToFloat32(losses[i] as number),
  });
  // Searched with a margin, because the divergence rate went through a logarithm and back.
  const divergence =
    divergenceRate === null ? null : location(rates.findIndex((rate) => rate >= divergenceRate * (1 - 1e-9)));
  if (flat || risesFromStart || breaksAtStart || endsByBatch) return { steepest: null, minimum: null, divergence };
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
