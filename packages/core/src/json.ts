/** Whether a JSON value is an object, and not a list or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The first place where two JSON values differ, in words: `settings.epochs was 10 and is 20`. `undefined` where they are equal.
 *
 * @param path where the two values stand in the whole document
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
