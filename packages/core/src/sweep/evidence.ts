import { rateText } from '../format.js';
import { jumpAtStart } from './baseline.js';
import { type CombinedCurve, SMOOTHING_DECADES } from './combined-curve.js';
import { type Descent, FLAT_SHARE } from './descent.js';
import { stepsPerDecade } from './rates.js';

/** What happens in sweeps that batches end, and not rates. */
export const BATCHES_END = 'the loss becomes NaN or infinite at very different rates, without a rise before';

/** Why, and what to do. */
export const BATCHES_CAUSE =
  'single batches do this, so check the data and the loss for rows that give NaN or infinity';

/** The shape of a curve does not show with fewer rates. */
const LEAST_RATES = 10;

/**
 * With fewer steps in a decade the rate was up to 45 times that of a fine sweep on 21 small tasks (seven optimizers), and could
 * diverge; with 2 to 4 steps at most 12 times.
 */
const LEAST_IN_DECADE = 2;

/** The least ratio of the last rate to the first. */
const LEAST_RATIO = (10 ** SMOOTHING_DECADES).toPrecision(2);

/**
 * Why a curve carries no suggestion, whatever a method reads from it: the reason, with what to change.
 *
 * @returns null when it carries one
 */
export function reasonAgainst(curve: CombinedCurve, descent: Descent): string | null {
  const { rates, start } = curve;
  if (rates.length < LEAST_RATES) return `too few steps: ${rates.length}, at least ${LEAST_RATES} are needed`;
  const narrow = tooNarrow(rates);
  if (narrow) return narrow;
  const perDecade = stepsPerDecade(rates);
  if (perDecade < LEAST_IN_DECADE)
    return `too few steps: ${perDecade.toFixed(1)} in a decade of rates, at least ${LEAST_IN_DECADE} are needed`;
  if (descent.endsByBatch) return `${BATCHES_END}: ${BATCHES_CAUSE}`;
  if (descent.risesFromStart || descent.breaksAtStart) return `${riseFromStart(curve, descent)}: ${correction(rates)}`;
  if (descent.flat && descent.divergenceRate === null) {
    const level = start.toPrecision(4);
    return descent.drop > FLAT_SHARE * Math.abs(start)
      ? `the curve is flat: the loss (${level}) falls no further at any rate than by chance`
      : `the curve is flat: the loss stays at ${level} at every rate`;
  }
  return null;
}

/** Why a range shows no curve, whose points would all be averages of the same losses; null where it does. */
export function tooNarrow(rates: readonly number[]): string | null {
  const [first, last] = [rates[0] as number, rates.at(-1) as number];
  if (Math.log10(last / first) >= SMOOTHING_DECADES) return null;
  return `the range is too narrow: its last rate must be at least ${LEAST_RATIO} times the first; got ${rateText(first)} and ${rateText(last)}`;
}

/** What happens where the range begins: `the loss diverges from the first rates on (1e-7)`. */
export function riseFromStart(
  { rates }: CombinedCurve,
  { divergenceRate, risesFromStart }: Pick<Descent, 'divergenceRate' | 'risesFromStart'>,
): string {
  if (!risesFromStart)
    return `the first rates (${rateText(rates[0] as number)}) already change the loss by orders of magnitude`;
  const verb = divergenceRate === null ? 'rises' : 'diverges';
  return `the loss ${verb} from the first rates on (${rateText(rates[0] as number)})`;
}

/**
 * The part of a suggestion that the sweep carries. It says nothing of rates outside its range; only where the loss still
 * falls at the last rate, that rate is an answer.
 *
 * @returns null for a rate that was not tried
 */
export function withinRange(rate: number | null, rates: readonly number[], { stillFalling }: Descent): number | null {
  const [first, last] = [rates[0] as number, rates.at(-1) as number];
  if (rate === null || rate < first) return null;
  return rate <= last ? rate : stillFalling ? last : null;
}

/**
 * Why the suggestion of one method is no answer on a curve that carries one.
 *
 * @param rate what the method suggests, before `withinRange`
 * @returns null when it is an answer
 */
export function reasonAgainstRate(
  method: string,
  rate: number | null,
  rates: readonly number[],
  descent: Descent,
): string | null {
  const { divergenceRate } = descent;
  if (rate === null) return `the method ${method} finds no rate on this curve`;
  if (divergenceRate !== null && rate >= divergenceRate)
    return `the method ${method} points beyond ${rateText(divergenceRate)}, where the loss diverges`;
  if (withinRange(rate, rates, descent) !== null) return null;
  const [first, last] = [rates[0] as number, rates.at(-1) as number].map((each) => rateText(each));
  return rate < (rates[0] as number)
    ? `the method ${method} points below the first rate, ${first}: start lower, or scale the features`
    : `the method ${method} points above the last rate, ${last}: end higher`;
}

/** What to change where the loss rises from the first rates on. */
function correction(rates: readonly number[]): string {
  const second = jumpAtStart(rates);
  if (second === undefined) return 'scale the features, or start lower';
  return `the next rate is ${rateText(second)} already; use geometric spacing, or a lower last rate`;
}
