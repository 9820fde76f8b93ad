import { InputError, notAllowed } from '../errors.js';
import { RATE_LIMITS } from '../rate-limits.js';
import type { SweepOptions } from './options.js';

/**
 * Checks that the range of a sweep rises, that float32 holds its rates, and that it moves by equal factors only.
 *
 * @param label what messages call an option; by default its name
 * @throws InputError naming the options and their values
 */
export function checkRates(
  { startLr, endLr, range, spacing }: Pick<SweepOptions, 'startLr' | 'endLr' | 'range' | 'spacing'>,
  label: (name: string) => string = (name) => name,
): void {
  const [least, most] = RATE_LIMITS;
  if (startLr < least) throw notAllowed(label('startLr'), `at least ${least}, since steps compute in float32`, startLr);
  if (endLr > most) throw notAllowed(label('endLr'), `at most ${most}, since steps compute in float32`, endLr);
  if (startLr >= endLr) {
    throw new InputError(`${label('startLr')} must be below ${label('endLr')}; got ${startLr} and ${endLr}`);
  }
  if (range === 'auto' && spacing !== 'geometric')
    throw notAllowed(label('spacing'), `geometric where ${label('range')} is auto`, spacing);
}

/**
 * Checks that the seeds of all repeats are whole numbers that do not round to one another.
 *
 * @param label what messages call an option; by default its name
 * @throws InputError when the last seed is above 2^53 − 1
 */
export function checkSeeds(
  { seed, repeats }: Pick<SweepOptions, 'seed' | 'repeats'>,
  label: (name: string) => string = (name) => name,
): void {
  const most = Number.MAX_SAFE_INTEGER - (repeats - 1);
  if (seed > most) throw notAllowed(label('seed'), `at most ${most} for ${repeats} repeats`, seed);
}
