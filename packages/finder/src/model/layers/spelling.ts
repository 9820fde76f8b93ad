/**
 * A configuration in Keras's spelling: keys like `negative_slope`, and words like `channels_first`. TensorFlow.js's loader writes both
 * in camel case. Objects and lists within stay as they are.
 */
export function snakeKeys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      snakeCase(key),
      typeof value === 'string' ? snakeCase(value) : value,
    ]),
  );
}

/** `negativeSlope` as `negative_slope`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `negative_slope` as `negativeSlope`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
