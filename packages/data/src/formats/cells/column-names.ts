import { InputError } from '@lrfind/core';

/**
 * The names of columns, without surrounding spaces.
 *
 * @param source what messages call the table
 * @throws InputError for none, and for an empty or repeated one
 */
export function checkColumnNames(source: string, given: readonly string[]): string[] {
  if (given.length === 0) throw new InputError(`${source} must have columns; got none`);
  const names = given.map((name) => name.trim());
  const first = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    if (name === '') throw new InputError(`${source}: column ${i + 1} of ${names.length} must have a name; got none`);
    if (name.includes('\0'))
      throw new InputError(`${source}: the name of column ${i + 1} must be text; got zero bytes`);
    const before = first.get(name);
    if (before !== undefined)
      throw new InputError(`${source} must name each column once; got "${name}" as columns ${before + 1} and ${i + 1}`);
    first.set(name, i);
  }
  return names;
}
