import { InputError, median } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import { logShare } from './log-scale.js';
import { largest, smallest } from './robust-domain.js';

/** A loss at a rate. */
export interface Sample {
  rate: number;
  loss: number;
}

/** The finite losses of a learning-rate search, each list ordered by rate. */
export interface SweepSamples {
  /** Smoothed loss over all sweeps. */
  smoothed: Sample[];
  /** Loss of every batch of every sweep. */
  batches: Sample[];
  /** Median over sweeps of the loss on the validation rows; empty where it was not measured. */
  heldOut: Sample[];
  /** Lowest and highest rate that was swept or is marked. */
  extent: [number, number];
  /** Lowest and highest rate that was swept. */
  swept: [number, number];
}

/**
 * Collects the data of a chart of losses over rates.
 *
 * @throws InputError when the result has no step
 */
export function sweepSamples(
  result: Pick<SweepResult, 'sweeps' | 'curve' | 'suggestion' | 'steepest' | 'divergence' | 'criticalRate'>,
): SweepSamples {
  const { sweeps, curve, suggestion, steepest, divergence } = result;
  const steps = sweeps.flatMap(({ points }) => points);
  const swept = [...steps, ...curve].map(({ rate }) => rate);
  if (swept.length === 0) throw new InputError('sweep must have at least one step to be drawn; got none');
  const suggested = [suggestion?.low, suggestion?.learningRate, suggestion?.high];
  const marked = [...suggested, steepest?.rate, divergence?.rate, shownCriticalRate(result)];
  const rates = [...swept, ...marked].filter(finite).sort((a, b) => a - b);
  return {
    smoothed: finiteSamples(curve.map(({ rate, smoothed }) => [rate, smoothed])),
    batches: finiteSamples(steps.map(({ rate, loss }) => [rate, loss])),
    heldOut: finiteSamples([...heldOutMedians(sweeps)]),
    extent: [rates[0] as number, rates.at(-1) as number],
    swept: [smallest(swept), largest(swept)],
  };
}

/** Beyond this many times the swept rates the critical rate is not shown: the axis would be mostly empty. */
const BEYOND = 10;

/** The critical rate, where it lies among the swept rates or not far from them; else null. */
export function shownCriticalRate({
  sweeps,
  criticalRate,
}: Pick<SweepResult, 'sweeps' | 'criticalRate'>): number | null {
  const rate = criticalRate?.rate ?? null;
  if (rate === null) return null;
  const swept = sweeps.flatMap(({ points }) => points.map((point) => point.rate));
  const isNear = swept.some((each) => each / BEYOND <= rate) && swept.some((each) => each * BEYOND >= rate);
  return isNear ? rate : null;
}

/** Median over sweeps of the loss on the validation rows, by rate, where it was measured and is finite. */
export function heldOutMedians(sweeps: SweepResult['sweeps']): Map<number, number> {
  const losses = new Map<number, number[]>();
  for (const { rate, validation } of sweeps.flatMap(({ points }) => points)) {
    if (finite(validation)) losses.set(rate, [...(losses.get(rate) ?? []), validation]);
  }
  return new Map([...losses].map(([rate, some]) => [rate, median(some)]));
}

// A result that was not read from a file may still have NaN where the file would have null.
const finite = (value: number | null | undefined): value is number => Number.isFinite(value);

function finiteSamples(pairs: [number, number | null][]): Sample[] {
  return pairs.flatMap(([rate, loss]) => (finite(loss) ? [{ rate, loss }] : [])).sort((a, b) => a.rate - b.rate);
}

/**
 * The loss of a curve at a rate, interpolated linearly between its neighbours over the logarithm of the rate.
 *
 * @param curve ordered by rate
 * @returns `null` outside the curve
 */
export function lossAt(curve: readonly Sample[], rate: number): number | null {
  const next = curve.findIndex((sample) => sample.rate >= rate);
  const right = curve[next];
  if (right === undefined) return null;
  if (right.rate === rate) return right.loss;
  const left = curve[next - 1];
  if (left === undefined) return null;
  const share = logShare(rate, [left.rate, right.rate]);
  return left.loss + share * (right.loss - left.loss);
}
