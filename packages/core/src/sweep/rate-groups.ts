import Type from 'typebox';
import { InputError, notAllowed } from '../errors.js';

/**
 * What the learning rate of layers is multiplied with, by a pattern of their names: `{ 'base*': 0.1 }`. In a pattern `*` stands
 * for any letters. A multiplier is finite and above 0.
 */
export type RateGroups = Readonly<Record<string, number>>;

/**
 * The option `groups`, which find, train and compare share. Its flag is `--group`, once for each pattern.
 *
 * @param more what else help says of it
 */
export function groupsOption(more = '') {
  return Type.Optional(
    Type.Unsafe<RateGroups>(
      Type.Record(Type.String(), Type.Unknown(), {
        flag: 'group',
        placeholder: 'pattern:number',
        allowed: 'a multiplier for each pattern of layer names, such as { "base*": 0.1 }',
        description: `what the learning rate of layers is multiplied with, by a pattern of their names or of the name of a model around them, such as base*:0.1 (default: 1)${more}`,
      }),
    ),
  );
}

/**
 * Checks patterns and multipliers; whether the patterns match is known when there is a model.
 *
 * @throws InputError for an empty pattern, and for a multiplier that is not a finite number above 0
 */
export function checkGroups(groups: RateGroups | undefined): void {
  for (const [pattern, multiplier] of Object.entries(groups ?? {})) {
    if (pattern === '') throw new InputError('a group must have a pattern of layer names, such as "base*"; got ""');
    const what = `the multiplier of group "${pattern}"`;
    if (multiplier === 0)
      throw new InputError(`${what} must be above 0; got 0: to keep layers as they are, set their trainable to false`);
    if (!(Number.isFinite(multiplier) && multiplier > 0)) throw notAllowed(what, 'a finite number above 0', multiplier);
  }
}

/** The flag of a group: `--group "base*:0.1"`. */
export function groupFlag(pattern: string, multiplier: number): string {
  return `--group "${pattern.replaceAll(/[\\"$`]/g, '\\$&')}:${multiplier}"`;
}
