import { InputError } from '../errors.js';

/**
 * Checks that each of the boundaries lies above the one before it.
 *
 * @param label how the parameter is called in the message
 * @throws InputError naming the first that does not
 */
export function checkRising(label: string, boundaries: readonly number[]): void {
  const wrong = boundaries.findIndex((boundary, i) => i > 0 && boundary <= (boundaries[i - 1] as number));
  if (wrong > 0) {
    throw new InputError(`${label} must rise, came ${boundaries[wrong]} after ${boundaries[wrong - 1]}`);
  }
}
