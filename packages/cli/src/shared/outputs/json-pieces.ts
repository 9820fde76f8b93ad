/** Levels of a document that are written piece by piece: such as those of a comparison, its trials, and a trial. */
const LEVELS = 3;

/**
 * A document as JSON, with one space a level and a line end, in pieces: of many trials it is longer than a text can be, which in V8
 * has at most 2^29 − 24 characters. Joined, the pieces are what `JSON.stringify(document, null, 1)` gives, and a line end.
 */
export function* jsonPieces(document: object): Generator<string> {
  yield* pieces(document, LEVELS, '\n');
  yield '\n';
}

/** @param newLine what a line within the value begins with */
function* pieces(value: unknown, levels: number, newLine: string): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null || 'toJSON' in value) {
    // What JSON has no text for is null in a list.
    yield (JSON.stringify(value, null, 1) ?? 'null').replaceAll('\n', newLine);
    return;
  }
  const isList = Array.isArray(value);
  const [begin, end] = isList ? '[]' : '{}';
  let between = `${newLine} `;
  yield begin as string;
  for (const key of isList ? value.keys() : Object.keys(value)) {
    const each = (value as Record<string | number, unknown>)[key];
    if (!isList && isLeftOut(each)) continue;
    yield isList ? between : `${between}${JSON.stringify(key)}: `;
    yield* pieces(each, levels - 1, `${newLine} `);
    between = `,${newLine} `;
  }
  yield between.startsWith(',') ? `${newLine}${end}` : (end as string);
}

/** Whether JSON leaves out a field with the value. */
function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}
