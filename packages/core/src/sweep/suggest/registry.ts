import { InputError, notOneOf } from '../../errors.js';
import { descent } from './descent.js';
import type { SuggestionMethod } from './method.js';
import { minimum } from './minimum.js';
import { slide } from './slide.js';
import { steep } from './steep.js';
import { valley } from './valley.js';

/**
 * Every suggestion method, in the order of help and docs. The first gives the answer by default. Add one as a file and
 * an entry here.
 */
export const suggestionMethods: readonly SuggestionMethod[] = [descent, steep, minimum, valley, slide];

/** Names that methods had in earlier results, by which they are still found. */
const formerNames: Readonly<Record<string, string>> = { steepest: 'steep' };

/**
 * Looks suggestion methods up by name.
 *
 * @param names all methods by default
 * @returns the methods in the order of the names
 * @throws InputError for an unknown name or an empty list
 */
export function resolveMethods(names: readonly string[] | undefined): readonly SuggestionMethod[] {
  if (names === undefined) return suggestionMethods;
  const known = suggestionMethods.map(({ name }) => name);
  if (names.length === 0) throw new InputError(`suggest must name at least one method; allowed: ${known.join(', ')}`);
  return names.map((name) => {
    const method = suggestionMethods.find((candidate) => candidate.name === (formerNames[name] ?? name));
    if (method) return method;
    throw notOneOf('suggest', known, name);
  });
}
