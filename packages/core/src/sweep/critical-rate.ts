/** Losses that are measured at most; the search ends earlier once the rate is known to {@link PRECISION}. */
export const MOST_PASSES = 9;

/** The search ends when the loss falls at a rate and no longer falls at one this many times as high. */
const PRECISION = 1.1;

/** A rate that is known less well than this after all passes is none. */
const LEAST_PRECISION = 2;

/** How far beside the expected crossing the next rate lies: a little less than half of the precision. */
const BESIDE = 1.045;

/** By how much each pass comes closer, at least. */
const LEAST_PROGRESS = 1.02;

/** The first jumps from a rate are by this factor, each further one by twice the factor before. */
const FIRST_JUMP = 4;

/** A rate, and the change of the loss that an update at this rate makes, over the rate. */
interface Change {
  readonly rate: number;
  readonly slope: number;
}

/** Where the loss of a batch stops falling along one update. */
export interface CriticalRateFound {
  /** The critical rate; null where the loss falls at none of the tried rates, or at all. */
  readonly rate: number | null;
  /** Losses that were measured. */
  readonly passes: number;
}

/**
 * The critical rate of one update: the rate above which it no longer lowers the loss of its own batch (Kalra et al., "critical
 * sharpness", arXiv 2601.16979). From a first guess the rates rise or fall by growing factors until two of them enclose the
 * critical one. Between them the change of the loss over the rate is taken for a straight line, which it is for a quadratic loss.
 *
 * @param lossAt the loss of the batch after the update at a rate; `lossAt(0)` is the loss before it
 * @param guess the first rate, above 0
 */
export async function criticalRate(
  lossAt: (rate: number) => Promise<number>,
  guess: number,
): Promise<CriticalRateFound> {
  const start = await lossAt(0);
  let below: Change | null = null;
  let above: Change | null = null;
  let rate = guess;
  let jump = FIRST_JUMP;
  let width = Number.POSITIVE_INFINITY;
  for (let passes = 2; passes <= MOST_PASSES; passes++) {
    const slope = ((await lossAt(rate)) - start) / rate;
    const falls = slope < 0;
    if (falls) below = { rate, slope };
    else above = { rate, slope };
    if (below && above) {
      const before = width;
      width = above.rate / below.rate;
      if (width <= PRECISION) return { rate: crossing(below, above), passes };
      // A line tells nothing over a wide gap, and little where it came no closer than halving would have.
      const trusts = width <= FIRST_JUMP && width <= Math.sqrt(before) * LEAST_PROGRESS;
      rate = trusts ? besideCrossing(below, above) : Math.sqrt(below.rate * above.rate);
    } else {
      rate *= falls ? jump : 1 / jump;
      jump *= 2;
    }
  }
  const found = below && above && above.rate / below.rate <= LEAST_PRECISION ? crossing(below, above) : null;
  return { rate: found, passes: MOST_PASSES };
}

/** Where the line through two changes is 0; the geometric mean of their rates where the upper one is not finite. */
function crossing(below: Change, above: Change): number {
  const width = above.rate - below.rate;
  if (!Number.isFinite(above.slope)) return Math.sqrt(below.rate * above.rate);
  return below.rate + (width * -below.slope) / (above.slope - below.slope);
}

/** The next rate between two that enclose the critical one: on the side of the crossing that is further from it. */
function besideCrossing(below: Change, above: Change): number {
  const at = crossing(below, above);
  return above.rate / at > at / below.rate
    ? Math.min(at * BESIDE, above.rate / LEAST_PROGRESS)
    : Math.max(at / BESIDE, below.rate * LEAST_PROGRESS);
}
