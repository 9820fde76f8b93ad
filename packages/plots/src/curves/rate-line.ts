import type { RatePoint } from '@lrfind/core/results';
import { logDomain } from './log-scale.js';

/** A learning rate at a time, in epochs or steps. */
export interface TimedRate {
  time: number;
  rate: number;
}

/**
 * The learning rates of a training as a line. The rate of a step lasts until the next step, so jumps are vertical. Between
 * steps that are further apart, of which the result stores only some, the line is straight.
 *
 * @param rates ordered by step
 * @param length of a step, in the unit of time
 * @param steps number of steps that were taken; the line ends there
 */
export function rateLine(rates: readonly RatePoint[], length: number, steps: number): TimedRate[] {
  const line: TimedRate[] = [];
  rates.forEach(({ step, rate }, i) => {
    const before = rates[i - 1];
    if (step >= steps) {
      if (before && before.step < steps)
        line.push({ time: steps * length, rate: rateBetween(before, { step, rate }, steps) });
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

/** The rate just before a step, between two stored ones. */
function rateBetween(before: RatePoint, after: RatePoint, step: number): number {
  if (after.step === before.step + 1) return before.rate;
  return before.rate + ((after.rate - before.rate) * (step - before.step)) / (after.step - before.step);
}

/** A logarithmic axis reaches at most a power of ten below the rates that it must show: a cosine comes arbitrarily close to 0. */
const logReach = 0.1;

/**
 * The scale of an axis of learning rates. It is logarithmic where a linear one would flatten a line: where the highest
 * rates of the trainings differ by more than a factor of ten, or where a training spends a quarter of its time below a
 * tenth of its highest rate, as piecewise constant schedules do but a cosine does not.
 *
 * @param lines one for each training
 * @returns the domain, and whether it is that of a logarithmic axis; rates may be below it
 */
export function rateScale(lines: readonly (readonly TimedRate[])[]): { domain: [number, number]; log: boolean } {
  const marks = lines.flatMap((line) => {
    const high = line.reduce((most, { rate }) => Math.max(most, rate), 0);
    const low = lowestQuarter(line);
    return low > 0 && high > 10 * low ? [high, low] : high > 0 ? [high] : [];
  });
  const [lowest, highest] = [Math.min(...marks), Math.max(0, ...marks)];
  if (!(highest > 10 * lowest)) return { domain: [0, Math.min(1.06 * highest, Number.MAX_VALUE) || 1], log: false };
  const positive = lines.flatMap((line) => line.flatMap(({ rate }) => (rate > 0 ? [rate] : [])));
  const low = positive.reduce((least, rate) => Math.min(least, Math.max(rate, logReach * lowest)), lowest);
  return { domain: logDomain(low, highest, 0.05), log: true };
}

/** The rate below which a training spends a quarter of its time; 0 for an empty one. */
function lowestQuarter(line: readonly TimedRate[]): number {
  const stretches = line
    .slice(1)
    .map(({ time, rate }, i) => {
      const before = line[i] as TimedRate;
      return { duration: time - before.time, rate: (rate + before.rate) / 2 };
    })
    .sort((a, b) => a.rate - b.rate);
  let left = stretches.reduce((sum, { duration }) => sum + duration, 0) / 4;
  for (const { duration, rate } of stretches) {
    left -= duration;
    if (left <= 0) return rate;
  }
  return line[0]?.rate ?? 0;
}
