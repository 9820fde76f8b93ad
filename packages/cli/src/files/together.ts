/** Characters that are written at a time. */
const TOGETHER = 1 << 20;

/** The same text in fewer pieces. */
export function* together(pieces: Iterable<string>): Generator<string> {
  let some: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    some.push(piece);
    length += piece.length;
    if (length < TOGETHER) continue;
    yield some.join('');
    some = [];
    length = 0;
  }
  yield some.join('');
}
