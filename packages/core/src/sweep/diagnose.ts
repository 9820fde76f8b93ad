import { rateText } from '../format.js';
import type { Sweep } from '../results/sweep.js';
import { jumpAtStart } from './baseline.js';
import type { CombinedCurve } from './combined-curve.js';
import type { Descent } from './descent.js';
import { BATCHES_CAUSE, BATCHES_END, riseFromStart, tooNarrow } from './evidence.js';
import { stepsPerDecade } from './rates.js';

/** With fewer steps per decade, neighbouring rates are too far apart to distinguish the curve from noise. */
export const LEAST_STEPS_PER_DECADE = 12;

/**
 * With more steps per decade, the model learns at low rates before the sweep reaches higher ones, and the answer is too
 * low.
 */
export const MOST_STEPS_PER_DECADE = 50;

/** A descent of fewer standard deviations is doubtful. */
const CLEAR_SIGNAL_SIGMAS = 10;

/**
 * Describes a curve in sentences: each problem and the option that corrects it.
 *
 * @returns at least one sentence
 */
export function diagnose(curve: CombinedCurve, descent: Descent, sweeps: readonly Sweep[]): string[] {
  const { rates } = curve;
  const [first, last] = [rates[0] as number, rates.at(-1) as number];
  const perDecade = stepsPerDecade(rates);
  const { flat, stillFalling, startsDescending, endsByBatch } = descent;
  const startIsNone = !endsByBatch && (descent.risesFromStart || descent.breaksAtStart);
  const falls = !flat && !startIsNone && !endsByBatch;
  const second = jumpAtStart(rates);
  const narrow = tooNarrow(rates);
  if (narrow) return [`${sentence(narrow)}.`];
  return [
    endsByBatch && `${sentence(BATCHES_END)}: ${BATCHES_CAUSE}.`,
    startIsNone && `${sentence(riseFromStart(curve, descent))}.`,
    flat &&
      !startIsNone &&
      !endsByBatch &&
      'Flat: the loss does not fall beyond its noise at any rate. Use more steps or repeats, a larger batch, or check the data and the loss.',
    falls &&
      descent.signal < CLEAR_SIGNAL_SIGMAS &&
      'Noisy: the descent is only a little larger than the noise. Use more repeats or steps, or a larger batch.',
    falls && stillFalling && `Still falling at the end: raise the last rate above ${last}.`,
    second !== undefined &&
      (startIsNone || startsDescending) &&
      `Linear spacing: the first rate is ${rateText(first)} and the second ${rateText(second)}, so the loss before it changes is hardly measured. Use geometric spacing.`,
    second === undefined && startIsNone && `Lower the first rate below ${rateText(first)}, or scale the features.`,
    second === undefined && falls && startsDescending && `Falling from the start: lower the first rate below ${first}.`,
    perDecade < LEAST_STEPS_PER_DECADE &&
      `Short: ${perDecade.toFixed(1)} steps per decade; a steady answer needs ${LEAST_STEPS_PER_DECADE} or more.`,
    perDecade > MOST_STEPS_PER_DECADE &&
      `Long: ${perDecade.toFixed(0)} steps per decade; above ${MOST_STEPS_PER_DECADE} the model already learns at low rates, and the answer comes out too low.`,
    descent.divergenceRate === null &&
      !stillFalling &&
      !endsByBatch &&
      `No divergence up to ${last}: the upper limit of usable rates was not seen.`,
    endings(sweeps),
    falls &&
      descent.signal >= CLEAR_SIGNAL_SIGMAS &&
      !stillFalling &&
      !startsDescending &&
      'The curve falls clearly and turns.',
  ].filter((sentence) => typeof sentence === 'string' && sentence !== '') as string[];
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
}

/** How many sweeps ended early, and why: `Of 5 sweeps, 5 diverged.`; empty where none did. */
function endings(sweeps: readonly Sweep[]): string {
  const count = (reason: Sweep['stopped']) => sweeps.filter(({ stopped }) => stopped === reason).length;
  const ends = `${stops(count('diverged'), 'diverged')}${stops(count('not-finite'), 'ended in NaN or infinity')}`;
  return ends && `Of ${sweeps.length} sweep${sweeps.length === 1 ? '' : 's'}${ends}.`;
}

function stops(count: number, what: string): string {
  return count > 0 ? `, ${count} ${what}` : '';
}
