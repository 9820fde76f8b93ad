import { roundToFloat32 } from '../float32.js';
import { rateText } from '../format.js';
import { RATE_LIMITS } from '../rate-limits.js';
import type { Sweep } from '../results/sweep.js';
import { combine } from './combined-curve.js';
import { type Descent, descentOf } from './descent.js';
import { LEAST_STEPS_PER_DECADE } from './diagnose.js';
import type { SweepOptions } from './options.js';
import { stepsPerDecade } from './rates.js';

/** Decades by which one move extends a range. */
const MOVE_DECADES = 4;

/** More steps in a decade let the model learn at low rates, before the sweep reaches those that are looked for. */
const MOST_KEPT_STEPS_PER_DECADE = 30;

/** Steps of a sweep, at most. */
const MOST_STEPS = 10_000;

/** Decades above the divergence rate at which a range that moved down ends, to show that the loss stays up. */
const ABOVE_DIVERGENCE_DECADES = 1;

/** A flat curve that spans more decades up to its divergence has no descent below the range either. */
const DESCENT_DECADES = 3;

/** A range to try next. */
export interface MovedRange extends Pick<SweepOptions, 'startLr' | 'endLr' | 'steps'> {
  /** What the loss did in the range before, after "the loss": `diverged from the first rates on`. */
  readonly why: string;
  /** A rate at which the loss is known to diverge; undefined while none is. */
  readonly divergesAt?: number;
}

/**
 * The range to try after sweeps that do not show both the descent of the loss and its divergence: lower where the loss
 * diverges or falls from the first rates on, higher where it still falls, stays level or does not diverge. A move keeps
 * the steps of a decade, but at least 12 and at most 30.
 *
 * @param rates of the sweeps, rising by equal factors
 * @param sweeps one or more in this range
 * @param before the move that led here, whose `divergesAt` keeps a range from moving back to where it diverged
 * @returns null when both are inside, when no rate can help, as where batches make the loss NaN, and when float32 holds no rates beyond the range
 *
 * @example
 * const moved = movedRange(sweepRates(1e-7, 100, 150, 'geometric'), result.sweeps);
 */
export function movedRange(rates: readonly number[], sweeps: readonly Sweep[], before?: MovedRange): MovedRange | null {
  const curve = combine(
    rates,
    sweeps.map(({ points }) => points.map(({ loss }) => loss)),
  );
  if (!curve) return null;
  const descent = descentOf(curve);
  if (descent.endsByBatch) return null;
  const [first, last] = [rates[0] as number, rates.at(-1) as number];
  const { divergenceRate, flat } = descent;
  const diverged = before?.divergesAt !== undefined && before.divergesAt <= last;
  const level = flat && divergenceRate === null;
  const down = level && diverged ? 'did not fall' : whyDown(descent, first);
  const up = level && diverged ? null : whyUp(descent);
  if (!down && !up) return null;
  const highest = descent.breaksAtStart ? first : divergenceRate === null ? (level ? first : last) : divergenceRate;
  const top = down ? Math.min(last, roundToFloat32(highest * 10 ** ABOVE_DIVERGENCE_DECADES)) : last;
  // Nothing happens in a range that is level throughout, so the next one begins near its end.
  const bottom = level ? roundToFloat32(last / 10) : first;
  const startLr = Math.max(down ? roundToFloat32(first / 10 ** MOVE_DECADES) : bottom, RATE_LIMITS[0]);
  const endLr = Math.min(up ? roundToFloat32(last * 10 ** MOVE_DECADES) : top, RATE_LIMITS[1]);
  if (!(down && startLr < first) && !(up && endLr > last)) return null;
  const kept = Math.min(Math.max(stepsPerDecade(rates), LEAST_STEPS_PER_DECADE), MOST_KEPT_STEPS_PER_DECADE);
  const steps = Math.round(kept * Math.log10(endLr / startLr)) + 1;
  const why = [down, up].filter(Boolean).join(' and ');
  const broken = descent.risesFromStart || descent.breaksAtStart;
  const divergesAt = divergenceRate ?? (broken ? first : before?.divergesAt);
  return { startLr, endLr, steps: Math.min(steps, MOST_STEPS), why, ...(divergesAt !== undefined && { divergesAt }) };
}

function whyDown(descent: Descent, first: number): string | null {
  const { flat, risesFromStart, startsDescending, divergenceRate } = descent;
  if (risesFromStart) return `${divergenceRate === null ? 'rose' : 'diverged'} from the first rates on`;
  if (descent.breaksAtStart) return 'changed by orders of magnitude at the first rates';
  if (!flat) return startsDescending ? 'fell from the first rates on' : null;
  return divergenceRate !== null && divergenceRate < first * 10 ** DESCENT_DECADES ? 'diverged before it fell' : null;
}

function whyUp({ flat, stillFalling, risesFromStart, breaksAtStart, divergenceRate }: Descent): string | null {
  if (divergenceRate !== null || risesFromStart || breaksAtStart) return null;
  return flat ? 'did not change' : stillFalling ? 'still fell at the last rate' : 'did not diverge';
}

/**
 * What a search did with its range, in a sentence.
 *
 * @param from the first range
 * @param moves the ranges that followed, at least one
 */
export function movesNote(from: Pick<SweepOptions, 'startLr' | 'endLr'>, moves: readonly MovedRange[]): string {
  const text = ({ startLr, endLr }: Pick<SweepOptions, 'startLr' | 'endLr'>) =>
    `${rateText(startLr)} … ${rateText(endLr)}`;
  const last = moves.at(-1) as MovedRange;
  const reasons = [...new Set(moves.map(({ why }) => why))].join(', then ');
  const count = moves.length === 1 ? 'once' : `${moves.length} times`;
  return `range: moved ${count}, from ${text(from)} to ${text(last)} in ${last.steps} steps, because the loss ${reasons}`;
}
