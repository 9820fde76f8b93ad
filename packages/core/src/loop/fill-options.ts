import { allowed, type Limits } from '../allowed.js';
import { notAllowed } from '../errors.js';

/** What is declared of an option: the part of a JSON Schema that limits it, its default and its description. */
export interface Declared extends Omit<Limits, 'anyOf' | 'items'> {
  readonly anyOf?: readonly Declared[];
  /** Regular expression for a text. */
  readonly pattern?: string;
  readonly default?: unknown;
}

/**
 * Checks options against their declarations and fills in the defaults: `resolveOptions` for a bundle that has no room for typebox.
 *
 * @param declared by name
 * @param given the caller's options; `undefined` counts as left out, and what is not declared is left out
 * @throws InputError for a value that is not allowed
 */
export function fillOptions(
  declared: Readonly<Record<string, Declared>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, option]) => {
      const value = given[name] ?? option.default;
      if (value !== option.default && !fits(option, value)) throw notAllowed(name, allowed(option), value);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function fits(option: Declared, value: unknown): boolean {
  const { type, anyOf, enum: words, pattern, minimum, maximum, exclusiveMinimum } = option;
  if (anyOf) return anyOf.some((each) => fits(each, value));
  if (type === 'string')
    return typeof value === 'string' && (words?.includes(value) ?? true) && new RegExp(pattern ?? '').test(value);
  if (type === 'boolean') return typeof value === 'boolean';
  return (
    typeof value === 'number' &&
    (type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    value >= (minimum ?? Number.NEGATIVE_INFINITY) &&
    value <= (maximum ?? Number.POSITIVE_INFINITY) &&
    value > (exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
  );
}
