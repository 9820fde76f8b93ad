import { median } from '../statistics.js';
import { baselineLength, breakAtStart, endsByChance } from './baseline.js';
import { mayBeChance } from './chance.js';
import type { CombinedCurve } from './combined-curve.js';
import { divergenceRate } from './divergence.js';

/** A climb of at least this share of the descent and this many standard deviations ends the search for the bottom. */
const CLEAR_CLIMB = { descents: 0.2, sigmas: 5 } as const;

/** A descent of at most this many standard deviations counts as none. */
const FLAT_SIGMAS = 3;

/**
 * A descent of at most this share of the loss counts as none: it is the rounding of float32, which a constant loss shows
 * too. Without noise nothing else tells the two apart.
 */
export const FLAT_SHARE = 1e-6;

/** A flat curve has diverged if it ends this many standard deviations above its start; chance alone may end it higher. */
const CLEAR_RISE_SIGMAS = 5;

/**
 * A diverged model often predicts at random, and the loss of random predictions may be a little below the start. So a
 * loss that retains less than this share of the descent counts as diverged.
 */
const RETAINED_DESCENT = 0.1;

/** The landmark of a descent is where this share of it is done. */
export const LANDMARK_DESCENT = 0.75;

/** A loss that rises this many descents above the start counts as unbounded. */
const UNBOUNDED_DESCENTS = 1e4;

/**
 * The curve starts within the descent if its first point is above the start level by at least this share of the descent
 * and this many standard deviations, or if half of the descent is done before this multiple of the first rate.
 */
const STARTS_DESCENDING = { descents: 0.1, sigmas: 3, rateFactor: 2 } as const;

/** The descent of a combined curve, and how the curve starts and ends. */
export interface Descent {
  /** Index of the lowest point before the curve has clearly climbed. */
  readonly bottom: number;
  /** Start level minus the lowest point. */
  readonly drop: number;
  /** `drop` in standard deviations of a point of the curve; +∞ when there is no noise. */
  readonly signal: number;
  /** Whether the descent is within the noise, or within the rounding of the losses. */
  readonly flat: boolean;
  /**
   * Whether the loss rises from the first rates on: it diverges within the baseline, or is lowest where the range begins.
   * The baseline then holds losses from after the rise, so nothing that is measured against it says which rate is good.
   */
  readonly risesFromStart: boolean;
  /**
   * Whether the first rates already change the loss by orders of magnitude, and the rest of the curve may be that of a broken
   * model: the loss explodes, or falls to a hundredth and does most of the measured descent at much higher rates.
   */
  readonly breaksAtStart: boolean;
  /**
   * Whether the loss, which had not fallen, became NaN or infinite in at least half of the sweeps, without a rise before and at very
   * different rates. Then batches did this, and the rates at which they came say nothing.
   */
  readonly endsByBatch: boolean;
  /** Whether the curve ends near its lowest point, so that higher rates could be better. */
  readonly stillFalling: boolean;
  /** Whether the curve falls from its first rates on, so that the start level is not the level before the descent. */
  readonly startsDescending: boolean;
  /**
   * Whether the loss is unbounded (it was not finite, or rose by orders of magnitude), or the curve ends before it has
   * climbed half way back. In both cases an instability may have grown slowly while the rates went up.
   */
  readonly unbounded: boolean;
  /**
   * The rate from which on the loss retains less than a tenth of the descent; for a flat curve that ends clearly above
   * its start, the rate from which on it stays above. Median over sweeps; null when the range ends before.
   */
  readonly divergenceRate: number | null;
  /**
   * The rate at which the curve last crosses a level before the bottom.
   *
   * @param share the level: 0 is the start level, 1 the bottom
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
  const chance = mayBeChance(curve, drop);
  const flat = chance || drop <= Math.max(FLAT_SIGMAS * noise, FLAT_SHARE * Math.abs(start));
  const rise = (losses.at(-1) as number) - start;
  const baseline = Math.min(baselineLength(rates.length), rates.length);
  const finite = (sweep: readonly number[]) => sweep.filter(Number.isFinite).length;
  const endsEarly = median(padded.map(finite)) <= baseline && baseline < rates.length;
  const rises = !chance && rise > Math.max(CLEAR_RISE_SIGMAS * noise, FLAT_SHARE * Math.abs(start));
  const ends = !flat || endsEarly || rises;
  const diverges = ends ? divergenceRate(rates, padded, flat ? start : start - RETAINED_DESCENT * drop) : null;
  const broken = breakAtStart(padded, rates.length);
  // About where the answer is read: at the landmark, or a decade below the divergence.
  const readFrom = flat ? (diverges ?? Number.POSITIVE_INFINITY) / 10 : crossed(LANDMARK_DESCENT);
  return {
    bottom,
    drop,
    signal: noise > 0 ? drop / noise : drop > 0 ? Number.POSITIVE_INFINITY : 0,
    flat,
    // Compared with a margin, because the divergence rate went through a logarithm and back.
    risesFromStart:
      endsEarly ||
      (diverges !== null && diverges <= (rates[baseline - 1] as number) * (1 + 1e-9)) ||
      (!flat && crossed(LANDMARK_DESCENT) === rates[0]),
    endsByBatch: (flat || endsEarly) && endsByChance(padded, tops),
    breaksAtStart: broken === 'explodes' || (broken === 'falls' && readFrom > (rates[baseline - 1] as number)),
    stillFalling: (losses.at(-1) as number) <= start - 0.9 * drop,
    startsDescending:
      above > Math.max(STARTS_DESCENDING.descents * drop, STARTS_DESCENDING.sigmas * noise) ||
      crossed(0.5) < STARTS_DESCENDING.rateFactor * (rates[0] as number),
    unbounded: median(tops) - start >= UNBOUNDED_DESCENTS * drop || (losses.at(-1) as number) < start - drop / 2,
    divergenceRate: diverges,
    crossing: crossed,
  };
}

/**
 * The lowest point before the curve clearly climbs. Where the loss falls again after a climb, the rate is no better.
 */
function bottomOf({ losses, start, noise }: CombinedCurve): number {
  let bottom = 0;
  for (const [i, loss] of losses.entries()) {
    const least = losses[bottom] as number;
    if (loss < least) bottom = i;
    const seen = start - least > CLEAR_CLIMB.sigmas * noise;
    if (seen && loss - least > Math.max(CLEAR_CLIMB.descents * (start - least), CLEAR_CLIMB.sigmas * noise)) break;
  }
  return bottom;
}

/** Walks back from the bottom to the last point above a level, and interpolates there in the logarithm of the rate. */
function crossing(rates: readonly number[], losses: readonly number[], bottom: number, level: number): number {
  let i = bottom;
  while (i > 0 && (losses[i - 1] as number) <= level) i--;
  if (i === 0) return rates[0] as number;
  const [above, below] = [losses[i - 1] as number, losses[i] as number];
  const [left, right] = [rates[i - 1] as number, rates[i] as number];
  return left * (right / left) ** ((above - level) / (above - below));
}
