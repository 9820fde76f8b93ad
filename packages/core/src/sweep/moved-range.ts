import { rateText } from '../format.js';
import type { Sweep } from '../results/sweep.js';
import { combine } from './combined-curve.js';
import { type Descent, descentOf } from './descent.js';
import { LEAST_STEPS_PER_DECADE } from './diagnose.js';
import { RATE_LIMITS, type SweepOptions } from './options.js';

/** Decades by which one move extends a range. */
const MOVE_DECADES = 4;

/** More steps in a decade let the model learn at low rates, before the sweep reaches those that are looked for. */
const MOST_KEPT_STEPS_PER_DECADE = 30;

/** Decades above the divergence rate at which a range that moved down ends, to show that the loss stays up. */
const ABOVE_DIVERGENCE_DECADES = 1;

/** A flat curve that spans more decades up to its divergence has no descent below the range either. */
const DESCENT_DECADES = 3;

/** A range to try next. */
export interface MovedRange extends Pick<SweepOptions, 'startLr' | 'endLr' | 'steps'> {
  /** What the loss did in the range before, after "the loss": `diverged from the first rates on`. */
  readonly why: string;
}

/**
 * The range to try after sweeps that do not show both the descent of the loss and its divergence: lower where the loss
 * diverges or falls from the first rates on, higher where it still falls, stays level or does not diverge. A move keeps
 * the steps of a decade, but at least 12 and at most 30.
 *
 * @param rates of the sweeps, rising by equal factors
 * @param sweeps one or more in this range
 * @returns null when both are inside, when no rate can help, and when float32 holds no rates beyond the range
 *
 * @example
 * const moved = movedRange(sweepRates(1e-7, 100, 150, 'geometric'), result.sweeps);
 */
export function movedRange(rates: readonly number[], sweeps: readonly Sweep[]): MovedRange | null {
  const curve = combine(
    rates,
    sweeps.map(({ points }) => points.map(({ loss }) => loss)),
  );
  if (!curve) return null;
  const descent = descentOf(curve);
  const [first, last] = [rates[0] as number, rates.at(-1) as number];
  const [down, up] = [whyDown(descent, first), whyUp(descent)];
  const { divergenceRate } = descent;
  const top = divergenceRate === null ? last : Math.min(last, divergenceRate * 10 ** ABOVE_DIVERGENCE_DECADES);
  // Nothing happens in a range that is level throughout, so the next one begins near its end.
  const bottom = descent.flat && up ? last / 10 : first;
  const startLr = Math.max(down ? first / 10 ** MOVE_DECADES : bottom, RATE_LIMITS[0]);
  const endLr = Math.min(up ? last * 10 ** MOVE_DECADES : down ? top : last, RATE_LIMITS[1]);
  if ((!down && !up) || (down && !up && startLr >= first) || (up && !down && endLr <= last)) return null;
  const perDecade = (rates.length - 1) / Math.log10(last / first);
  const kept = Math.min(Math.max(perDecade, LEAST_STEPS_PER_DECADE), MOST_KEPT_STEPS_PER_DECADE);
  const steps = Math.round(kept * Math.log10(endLr / startLr)) + 1;
  return { startLr, endLr, steps: Math.min(steps, 10_000), why: [down, up].filter(Boolean).join(' and ') };
}

function whyDown({ flat, risesFromStart, startsDescending, divergenceRate }: Descent, first: number): string | null {
  if (risesFromStart) return `${divergenceRate === null ? 'rose' : 'diverged'} from the first rates on`;
  if (!flat) return startsDescending ? 'fell from the first rates on' : null;
  return divergenceRate !== null && divergenceRate < first * 10 ** DESCENT_DECADES ? 'diverged before it fell' : null;
}

function whyUp({ flat, stillFalling, risesFromStart, divergenceRate }: Descent): string | null {
  if (divergenceRate !== null || risesFromStart) return null;
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
