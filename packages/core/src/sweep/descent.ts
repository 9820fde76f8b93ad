import { median } from '../statistics.js';
import type { CombinedCurve } from './combined-curve.js';
import { divergenceRate } from './divergence.js';

/** A climb of this share of the descent and of this many noises ends the search for the bottom. */
const CLIMB = { descents: 0.2, noises: 5 } as const;

/** A descent of at most this many noises counts as none. */
const FLAT_NOISES = 3;

/**
 * A diverged model often guesses at chance, and the loss of guessing may lie a little below the start. So a loss that
 * retains less than this share of the descent has retained nothing.
 */
const RETAINED_DESCENT = 0.1;

/** A loss that rises above the start by this many times the descent counts as unbounded. */
const UNBOUNDED_DESCENTS = 1e4;

/**
 * The curve starts within the descent when its first point stands above the mean of the first ones by this share of the
 * descent and this many noises, or when half of the descent is done within this many times the first rate.
 */
const STARTS_DESCENDING = { descents: 0.1, noises: 3, half: 2 } as const;

/** The descent of a combined curve, and what surrounds it. */
export interface Descent {
  /** Index of the lowest point before the curve has clearly climbed. */
  readonly bottom: number;
  /** Start level minus the lowest point. */
  readonly drop: number;
  /** `drop` in standard deviations of a point of the curve. */
  readonly signal: number;
  /** No descent beyond the noise. */
  readonly flat: boolean;
  /** The curve ends near its lowest point: the range ended before the descent did. */
  readonly stillFalling: boolean;
  /** The curve falls from its first rates on: the range began within the descent, and the start level is not the top. */
  readonly startsDescending: boolean;
  /**
   * The loss is unbounded (it was not finite, or rose by orders of magnitude), or the curve ends before it has climbed
   * half way back. In both cases an instability may still have been growing when the sweep moved on.
   */
  readonly unbounded: boolean;
  /**
   * The rate from which on the loss has lost all but a tenth of the descent; for a flat curve, from which on it stays
   * above the start. Median over sweeps; null when that does not happen within the range.
   */
  readonly divergenceRate: number | null;
  /**
   * The rate at which the curve last crossed a level of the descent before the bottom.
   *
   * @param share of the descent: 0 at the start level, 1 at the bottom
   */
  crossing(share: number): number;
}

/** Finds the descent of a curve. */
export function descentOf(curve: CombinedCurve): Descent {
  const { rates, losses, start, noise, padded, tops } = curve;
  const bottom = bottomOf(curve);
  const drop = start - (losses[bottom] as number);
  const crossed = (share: number) => crossing(rates, losses, bottom, start - share * drop);
  const above = (losses[0] as number) - start;
  const flat = drop <= FLAT_NOISES * noise;
  return {
    bottom,
    drop,
    signal: noise > 0 ? drop / noise : drop > 0 ? Number.POSITIVE_INFINITY : 0,
    flat,
    stillFalling: (losses.at(-1) as number) <= start - 0.9 * drop,
    startsDescending:
      above > Math.max(STARTS_DESCENDING.descents * drop, STARTS_DESCENDING.noises * noise) ||
      crossed(0.5) < STARTS_DESCENDING.half * (rates[0] as number),
    unbounded: median(tops) - start >= UNBOUNDED_DESCENTS * drop || (losses.at(-1) as number) < start - drop / 2,
    divergenceRate: divergenceRate(rates, padded, flat ? start : start - RETAINED_DESCENT * drop),
    crossing: crossed,
  };
}

/** The lowest point before the curve has clearly climbed. A loss that falls again after that is no better rate. */
function bottomOf({ losses, start, noise }: CombinedCurve): number {
  let bottom = 0;
  for (const [i, loss] of losses.entries()) {
    const least = losses[bottom] as number;
    if (loss < least) bottom = i;
    const seen = start - least > CLIMB.noises * noise;
    if (seen && loss - least > Math.max(CLIMB.descents * (start - least), CLIMB.noises * noise)) break;
  }
  return bottom;
}

/** Walks back from the bottom to where the curve last lay above a level, and interpolates there in the logarithm. */
function crossing(rates: readonly number[], losses: readonly number[], bottom: number, level: number): number {
  let i = bottom;
  while (i > 0 && (losses[i - 1] as number) <= level) i--;
  if (i === 0) return rates[0] as number;
  const [above, below] = [losses[i - 1] as number, losses[i] as number];
  const [left, right] = [rates[i - 1] as number, rates[i] as number];
  return left * (right / left) ** ((above - level) / (above - below));
}
