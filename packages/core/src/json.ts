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
