import * as Type from 'typebox';
import { InputError, notAllowed } from '../errors.js';
import { record } from '../options.js';

/**
 * What the learning rate of layers is multiplied with, by a pattern of their names: `{ 'base*': 0.1 }`. In a pattern `*` stands
 * for any letters. A multiplier is finite and above 0.
 */
export type RateGroups = Readonly<Record<string, number>>;

const ALLOWED = 'a multiplier for each pattern of layer names, such as { "base*": 0.1 }';

/**
 * The option `groups`, which find, train and compare share. Its flag is `--group`, once for each pattern.
 *
 * @param more what else help says of it
 */
export function groupsOption(more = '') {
  return Type.Optional(
    Type.Unsafe<RateGroups>(
      record(Type.Unknown(), {
        flag: 'group',
        placeholder: 'pattern:number',
        allowed: ALLOWED,
        description: `what the learning rate of layers is multiplied with, by a pattern of their names or of the name of a model around them, such as base*:0.1 (default: 1)${more}`,
      }),
    ),
  );
}

/** The least number that float32 holds in full precision. */
const LEAST_FLOAT32 = 2 ** -126;

/**
 * Checks patterns and multipliers; whether the patterns match is known when there is a model.
 *
 * @throws InputError for an instance of a class, for an empty pattern, and for a multiplier that is not a finite number above 0 or that
 *   float32 does not hold
 */
export function checkGroups(groups: RateGroups | undefined): void {
  // A Map has no entries as an object, and would count as no groups.
  const prototype = groups && Object.getPrototypeOf(groups);
  if (prototype && Object.getPrototypeOf(prototype) !== null)
    throw new InputError(`groups must be ${ALLOWED}; got an instance of ${prototype.constructor?.name || 'a class'}`);
  for (const [pattern, multiplier] of Object.entries(groups ?? {})) {
    if (pattern === '') throw new InputError('a group must have a pattern of layer names, such as "base*"; got ""');
    const what = `the multiplier of group "${pattern}"`;
    if (multiplier === 0)
      throw new InputError(`${what} must be above 0; got 0: to keep layers as they are, set their trainable to false`);
    if (!(Number.isFinite(multiplier) && multiplier > 0)) throw notAllowed(what, 'a finite number above 0', multiplier);
    // A rate that rounds to 0 would keep the layers as they are without a word.
    if (Math.fround(multiplier) < LEAST_FLOAT32 || !Number.isFinite(Math.fround(multiplier)))
      throw notAllowed(what, '1.2e-38 to 3.4e38, since steps compute in float32', multiplier);
  }
}

/** The flag of a group: `--group "base*:0.1"`. */
export function groupFlag(pattern: string, multiplier: number): string {
  return `--group "${pattern.replaceAll(/[\\"$`]/g, '\\$&')}:${multiplier}"`;
}
