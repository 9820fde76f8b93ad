import type { RatePoint } from '@lrfind/core/results';

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

/** A logarithmic axis reaches a power of ten below the rates that it is there for, at most: a cosine comes as near to 0 as one likes. */
const reach = 0.1;

/**
 * The axis of learning rates. It is logarithmic where a line would be pressed flat on a linear one: where the highest rates of
 * the trainings differ by more than a power of ten, or one stays for a quarter of its time below a tenth of its highest rate, as stairs
 * do, but not a cosine.
 *
 * @param lines one for each training
 * @returns both ends, and whether they are those of a logarithmic axis; rates may be lower than it reaches
 */
export function rateScale(lines: readonly (readonly TimedRate[])[]): { domain: [number, number]; log: boolean } {
  const marks = lines.flatMap((line) => {
    const high = line.reduce((most, { rate }) => Math.max(most, rate), 0);
    const low = lowestQuarter(line);
    return low > 0 && high > 10 * low ? [high, low] : high > 0 ? [high] : [];
  });
  const [lowest, highest] = [Math.min(...marks), Math.max(0, ...marks)];
  if (!(highest > 10 * lowest)) return { domain: [0, 1.06 * highest || 1], log: false };
  const positive = lines.flatMap((line) => line.flatMap(({ rate }) => (rate > 0 ? [rate] : [])));
  const low = positive.reduce((least, rate) => Math.min(least, Math.max(rate, reach * lowest)), lowest);
  const margin = (highest / low) ** 0.05;
  return { domain: [low / margin, highest * margin], log: true };
}

/** The rate below which a training stays for a quarter of its time; 0 for an empty one. */
function lowestQuarter(line: readonly TimedRate[]): number {
  const stretches = line
    .slice(1)
    .map(({ time, rate }, i) => {
      const before = line[i] as TimedRate;
      return { long: time - before.time, rate: (rate + before.rate) / 2 };
    })
    .sort((a, b) => a.rate - b.rate);
  let left = stretches.reduce((sum, { long }) => sum + long, 0) / 4;
  for (const { long, rate } of stretches) {
    left -= long;
    if (left <= 0) return rate;
  }
  return line[0]?.rate ?? 0;
}
