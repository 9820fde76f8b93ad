import { rateText } from '../format.js';
import type { Gain, TriedRate, Verification } from '../results/verification.js';
import { mean, standardDeviation, studentT } from '../statistics.js';
import { heldOutLoss } from './try-rates.js';

/** That there is nothing to gain is said only where a gain of this share of the loss would have shown. */
const SLIGHT_GAIN = 0.1;

/** A loss that fell by this share of itself needs no further look. */
const PLAIN_GAIN = 0.2;

/**
 * The tried rate with the lowest loss on validation rows, if that leaves a doubt whether there is anything to gain.
 *
 * @returns null where the loss fell by a fifth or more, and where no training came to its end
 */
export function doubtfulRate(tried: readonly TriedRate[]): number | null {
  const ends = tried.flatMap(({ rate, trainings }) => {
    const after = mean(trainings.map(({ evaluations }) => heldOutLoss(evaluations.at(-1))));
    const before = mean(trainings.map(({ start }) => start?.loss ?? Number.NaN));
    return trainings.every(({ outcome }) => outcome === 'finished') && Number.isFinite(after)
      ? [{ rate, after, before }]
      : [];
  });
  const [best] = ends.toSorted((a, b) => a.after - b.after);
  return best && best.before - best.after < PLAIN_GAIN * Math.abs(best.before) ? best.rate : null;
}

/**
 * What trainings gained on the validation rows: by how much they lowered the loss of each part of these rows. The parts are of equal
 * size, so the scatter between them is the noise of having few rows; and each part is compared with itself, before and after.
 *
 * @param rate of the trainings
 * @param before loss of each part before the first step, at least two parts
 * @param after loss of each part after the last step, for each training; +∞ where one diverged
 *
 * @example
 * const { verdict } = gainOf(1e-4, [0.31, 0.28, 0.35], [[0.3, 0.29, 0.34], [0.31, 0.28, 0.36]]); // 'none'
 */
export function gainOf(rate: number, before: readonly number[], after: readonly (readonly number[])[]): Gain {
  const falls = before.map((loss, i) => loss - mean(after.map((losses) => losses[i] as number)));
  const difference = mean(falls);
  if (!falls.every(Number.isFinite)) return { rate, difference: null, low: null, high: null, verdict: 'none' };
  const half = (studentT(falls.length - 1) * standardDeviation(falls)) / Math.sqrt(falls.length);
  const [low, high] = [difference - half, difference + half];
  const matters = SLIGHT_GAIN * Math.abs(mean(before));
  return { rate, difference, low, high, verdict: low > 0 ? 'lower' : high < matters ? 'none' : 'unknown' };
}

/**
 * Why no rate is suggested although rates were tried: `nothing to gain: of 9 rates that were tried, none lowers the loss on the
 * validation rows beyond the noise; the best, 1e-5, changes it from 0.412 by -0.001 ± 0.004`.
 */
export function nothingToGain({ tried, gain }: Verification): string | null {
  if (gain?.verdict !== 'none') return null;
  const starts = tried.flatMap(({ trainings }) => trainings.flatMap(({ start }) => start?.loss ?? []));
  const found = `nothing to gain: of ${tried.length} rates that were tried, none lowers the loss on the validation rows beyond the noise`;
  if (gain.difference === null || starts.length === 0) return found;
  const noise = ((gain.high as number) - (gain.low as number)) / 2;
  const change = (-gain.difference).toPrecision(2);
  return `${found}; the best, ${rateText(gain.rate)}, changes it from ${mean(starts).toPrecision(4)} by ${change} ± ${noise.toPrecision(2)}`;
}
