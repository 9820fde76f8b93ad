import type { RatePoint } from '@lrfind/finder/analysis';

/** A learning rate at a time, in epochs or steps. */
export interface TimedRate {
  time: number;
  rate: number;
}

/**
 * The learning rates of a training as a line: a step's rate lasts until the next step, so jumps are upright. Between steps that are
 * farther apart, of which a document holds a part only, the line is straight.
 *
 * @param rates ordered by step
 * @param length of a step, in the unit of time
 * @param steps how many steps were taken; what was planned beyond is left out
 */
export function rateLine(rates: readonly RatePoint[], length: number, steps: number): TimedRate[] {
  const line: TimedRate[] = [];
  rates.forEach(({ step, rate }, i) => {
    const before = rates[i - 1];
    if (step >= steps) {
      if (before && before.step < steps)
        line.push({ time: steps * length, rate: between(before, { step, rate }, steps) });
      return;
    }
    if (before && step === before.step + 1 && rate !== before.rate)
      line.push({ time: step * length, rate: before.rate });
    line.push({ time: step * length, rate });
  });
  const last = line.at(-1);
  if (last && last.time < steps * length) line.push({ time: steps * length, rate: last.rate });
  return line;
}

/** The rate just before so many steps were taken. */
function between(before: RatePoint, after: RatePoint, steps: number): number {
  if (after.step === before.step + 1) return before.rate;
  return before.rate + ((after.rate - before.rate) * (steps - before.step)) / (after.step - before.step);
}

/** Whether the axis of the rates is better logarithmic: none is 0, and they span more than a power of ten. */
export function spansDecades(rates: readonly number[]): boolean {
  const lowest = rates.reduce((least, rate) => Math.min(least, rate), Infinity);
  const highest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  return lowest > 0 && highest > 10 * lowest;
}

/** Both ends of the axis of rates: from 0, or on a logarithmic one from a little below the lowest, to a little above the highest. */
export function rateEnds(rates: readonly number[], log: boolean): [number, number] {
  const lowest = rates.reduce((least, rate) => Math.min(least, rate), Infinity);
  const highest = rates.reduce((most, rate) => Math.max(most, rate), 0);
  if (!log) return [0, 1.06 * highest || 1];
  const margin = (highest / lowest) ** 0.05;
  return [lowest / margin, highest * margin];
}
