import { InputError } from './errors.js';

/** Nesting beyond this depth is refused, because code that visits a document would overflow the stack. */
const MAX_DEPTH = 200;

/**
 * Reads a JSON document.
 *
 * @param text the document
 * @param source what messages call it, such as its path
 * @throws InputError for text that is not JSON, and for lists and objects nested more than 200 deep
 */
export function parseJson(text: string, source: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${source} is not JSON: ${(error as Error).message}`);
  }
  // Level by level rather than by recursion, whose depth this limits.
  let level = [parsed].filter(isCompound);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH)
      throw new InputError(`${source} must have lists and objects at most ${MAX_DEPTH} deep; got more`);
    const inner: Record<string, unknown>[] = [];
    for (const each of level) for (const value of Object.values(each)) if (isCompound(value)) inner.push(value);
    level = inner;
  }
  return parsed;
}

/** Whether a value is an object, but neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The first difference between two JSON values, in words: `settings.epochs was 10 and is 20`.
 *
 * @param before the earlier value
 * @param now the later value
 * @param path of the two values in the whole document
 * @returns `undefined` when they are equal
 */
export function firstDifference(before: unknown, now: unknown, path = ''): string | undefined {
  if (isCompound(before) && isCompound(now)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const found = firstDifference(before[name], now[name], path ? `${path}.${name}` : name);
      if (found) return found;
    }
    return undefined;
  }
  if (before === now) return undefined;
  return `${path} was ${JSON.stringify(before) ?? 'missing'} and is ${JSON.stringify(now) ?? 'missing'}`;
}

function isCompound(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
