import { InputError, median } from '@lrfind/core';
import { type SweepResult } from '@lrfind/core/results';
import type { Sample } from './loss-domain.js';

/** What a run measured, as far as it is finite, in the order of the rates. */
export interface RunSamples {
  /** the smoothed loss over all seeds */
  line: Sample[];
  /** the loss of every batch of every seed */
  batches: Sample[];
  /** median over seeds of the loss on the held-out rows; empty where it was not measured */
  heldOut: Sample[];
  /** lowest and highest rate that was swept or marked */
  ends: [number, number];
}

/**
 * Collects what a chart of a run draws.
 *
 * @throws InputError when the run has no step
 */
export function runSamples(run: SweepResult): RunSamples {
  const steps = run.seeds.flatMap(({ points }) => points);
  const swept = [...steps, ...run.curve].map(({ rate }) => rate);
  if (swept.length === 0) throw new InputError('run: it has no steps, so there is nothing to draw');

  const { suggestion, steepest, divergence } = run;
  const marked = [suggestion?.low, suggestion?.learningRate, suggestion?.high, steepest?.rate, divergence?.rate];
  const rates = [...swept, ...marked].filter(finite).sort((a, b) => a - b);

  const heldOut = new Map<number, number[]>();
  for (const { rate, validation } of steps) {
    if (finite(validation)) heldOut.set(rate, [...(heldOut.get(rate) ?? []), validation]);
  }
  return {
    line: samples(run.curve.map(({ rate, smoothed }) => [rate, smoothed])),
    batches: samples(steps.map(({ rate, loss }) => [rate, loss])),
    heldOut: samples([...heldOut].map(([rate, losses]) => [rate, median(losses)])),
    ends: [rates[0] as number, rates.at(-1) as number],
  };
}

// A run that was not read from a file may still hold NaN where the file would hold null.
const finite = (value: number | null | undefined): value is number => Number.isFinite(value);

function samples(pairs: [number, number | null][]): Sample[] {
  return pairs.flatMap(([rate, loss]) => (finite(loss) ? [{ rate, loss }] : [])).sort((a, b) => a.rate - b.rate);
}
