import { InputError, quotedList } from '@lrfind/core';
import type { TablePart } from '../format.js';
import type { ArrayShape } from './named-array.js';

/** The words for each part in names such as `x_train`, `test_labels` and `X-val`. */
const partWords: readonly (readonly [part: TablePart, words: string])[] = [
  ['train', 'train|training'],
  ['validation', 'val|valid|validation|dev'],
  ['test', 'test|testing'],
];

/**
 * The arrays of one part, under names without the part: `x_train` is `x`. Where no name has a part, all arrays are of any.
 *
 * @throws InputError when other parts are there, and this one is not
 */
export function arraysOfPart<Named extends ArrayShape>(
  source: string,
  given: readonly Named[],
  part: TablePart,
): { arrays: readonly Named[]; notes: string[] } {
  const parsed = given.map((array) => ({ array, ...partOf(array.name) }));
  if (parsed.every((each) => each.part === undefined)) return { arrays: given, notes: [] };
  const own = parsed.filter((each) => each.part === part);
  const names = given.map(({ name }) => name);
  if (own.length === 0)
    throw new InputError(
      `${source} must have arrays for ${part === 'train' ? 'training' : part}, such as x_${part === 'validation' ? 'val' : part}; got ${quotedList(names)}`,
    );
  const left = parsed.filter((each) => each.part !== part).map(({ array }) => array.name);
  const note = `took ${quotedList(own.map(({ array }) => array.name))}${left.length > 0 ? `; left ${quotedList(left)}` : ''}`;
  return { arrays: own.map(({ array, name }) => ({ ...array, name })), notes: [note] };
}

function partOf(name: string): { name: string; part?: TablePart } {
  for (const [part, words] of partWords) {
    const found = new RegExp(`^(?:(?:${words})[_-](.+)|(.+)[_-](?:${words}))$`, 'i').exec(name);
    if (found) return { name: (found[1] ?? found[2]) as string, part };
  }
  return { name };
}
