import type { SeedRun } from '../result.js';
import type { CombinedCurve } from './combined-curve.js';
import type { Descent } from './descent.js';

/** Under so many steps a decade neighbouring rates are too far apart to tell noise from shape. */
const DENSE = 12;

/** Over so many steps a decade the model has learnt at low rates before the higher ones come, and the answer drifts down. */
const LONG = 50;

/** Under so many standard deviations a descent is doubtful. */
const CLEAR = 10;

/**
 * What a curve shows that its reader should know, in sentences: what is wrong and which option mends it.
 *
 * @returns one sentence at least
 */
export function diagnose(curve: CombinedCurve, descent: Descent, seeds: readonly SeedRun[]): string[] {
  const { rates } = curve;
  const [first, last] = [rates[0] as number, rates.at(-1) as number];
  const perDecade = (rates.length - 1) / Math.log10(last / first);
  const count = (reason: SeedRun['stopped']) => seeds.filter(({ stopped }) => stopped === reason).length;
  const ends = `${stops(count('diverged'), 'diverged')}${stops(count('not-finite'), 'ended in NaN or infinity')}`;
  return [
    descent.flat &&
      'Flat: the loss does not fall beyond its noise at any rate. Use more steps or seeds, a larger batch, or check the data and the loss.',
    !descent.flat &&
      descent.signal < CLEAR &&
      'Noisy: the descent stands little above the noise. Use more seeds or steps, or a larger batch.',
    !descent.flat && descent.stillFalling && `Still falling at the end: raise the last rate above ${last}.`,
    !descent.flat && descent.fallsAtOnce && `Falling from the start: lower the first rate below ${first}.`,
    perDecade < DENSE &&
      `Short: ${perDecade.toFixed(1)} steps a decade; ${DENSE} or more are needed for a steady answer.`,
    perDecade > LONG &&
      `Long: ${perDecade.toFixed(0)} steps a decade; beyond ${LONG} the model learns at low rates already and the answer comes out too low.`,
    descent.gone === null &&
      !descent.stillFalling &&
      `No divergence up to ${last}: the upper limit of usable rates was not seen.`,
    ends && `Of ${seeds.length} sweep${seeds.length === 1 ? '' : 's'}${ends}.`,
    !descent.flat &&
      descent.signal >= CLEAR &&
      !descent.stillFalling &&
      !descent.fallsAtOnce &&
      'The curve falls clearly and turns.',
  ].filter((sentence) => typeof sentence === 'string' && sentence !== '') as string[];
}

function stops(count: number, what: string): string {
  return count > 0 ? `, ${count} ${what}` : '';
}
