import type { CombinedCurve } from './combined-curve.js';
import { median } from './quantile.js';

/** A climb of this share of the descent, and of so many noises, ends the search for the bottom. */
const HUMP = { descents: 0.2, noises: 5 } as const;

/** A descent of fewer noises than this is none. */
const FLAT = 3;

/**
 * A model that has come apart often guesses at chance, and a loss of chance may lie a little below the start: what has not kept this share
 * of the descent has kept nothing.
 */
const LEFT = 0.1;

/** A loss that rises above the start by this many times the descent has no upper bound. */
const UNBOUNDED = 1e4;

/**
 * The first point stands above the mean of the first ones by this share of the descent and by so many noises where the curve falls already;
 * or half of the descent is done within so many times the first rate.
 */
const TOP = { descents: 0.1, noises: 3, half: 2 } as const;

/** The descent of a combined curve and what surrounds it. */
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
  /** The curve falls from its first rates on: the range began after the descent had, and the start level is not the top. */
  readonly fallsAtOnce: boolean;
  /**
   * The loss has no upper bound (it was not finite, or rose by orders of magnitude), or was not seen to turn: the curve
   * ends before it has climbed half way back. Instability then may still have been growing when the sweep moved on.
   */
  readonly unbounded: boolean;
  /**
   * The rate from which on nothing is left of the descent but a tenth, of a flat curve from which on the loss stays above the start
   * (median over seeds); null when it does not within the range.
   */
  readonly gone: number | null;
  /**
   * The rate at which the curve last lay so far down, coming from the bottom.
   *
   * @param share of the descent, 0 at the start level, 1 at the bottom
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
  const flat = drop <= FLAT * noise;
  return {
    bottom,
    drop,
    signal: noise > 0 ? drop / noise : drop > 0 ? Number.POSITIVE_INFINITY : 0,
    flat,
    stillFalling: (losses.at(-1) as number) <= start - 0.9 * drop,
    fallsAtOnce:
      above > Math.max(TOP.descents * drop, TOP.noises * noise) || crossed(0.5) < TOP.half * (rates[0] as number),
    unbounded: median(tops) - start >= UNBOUNDED * drop || (losses.at(-1) as number) < start - drop / 2,
    gone: goneFrom(rates, padded, flat ? start : start - LEFT * drop),
    crossing: crossed,
  };
}

/** The lowest point before the curve has clearly climbed: what comes down again after that is no better rate. */
function bottomOf({ losses, start, noise }: CombinedCurve): number {
  let bottom = 0;
  for (const [i, loss] of losses.entries()) {
    const least = losses[bottom] as number;
    if (loss < least) bottom = i;
    const seen = start - least > HUMP.noises * noise;
    if (seen && loss - least > Math.max(HUMP.descents * (start - least), HUMP.noises * noise)) break;
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

/** The rate after the last at which a seed's loss lay below a level; the median over seeds. */
function goneFrom(rates: readonly number[], padded: CombinedCurve['padded'], level: number): number | null {
  const logs = padded.map((sweep) => {
    const after = sweep.findLastIndex((loss) => loss < level) + 1;
    return after < rates.length ? Math.log10(rates[after] as number) : Number.POSITIVE_INFINITY;
  });
  const middle = median(logs);
  return Number.isFinite(middle) ? 10 ** middle : null;
}
