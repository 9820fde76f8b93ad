import type { Given } from '../protocol.js';

/** Options whose flags may be named several times, so that their texts come in a list. */
type Lists = readonly string[];

/**
 * What is set in the form, as the command line collects it: the texts of lists in a list, and `true` and `false` of a flag that may
 * stand without a value as such.
 *
 * @param lists names of the options that are lists
 * @param files the names of the files
 */
export function flagsOf(
  given: Given,
  lists: Lists,
  files: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, unknown> {
  const set = Object.entries(given).map(([name, value]): [string, unknown] => {
    if (typeof value === 'boolean') return [name, value];
    if (lists.includes(name)) return [name, [value]];
    return [name, value === 'true' ? true : value === 'false' ? false : value];
  });
  const named = Object.entries(files).filter(([, name]) => name !== undefined);
  return { ...Object.fromEntries(set), ...Object.fromEntries(named), backend: 'auto' };
}
