/**
 * Where bytes come from: a file, an upload, a URL. What reads a table or a model takes one of these, so it runs wherever
 * a source can be made. `fileSource` of `@lrfind/data/node` makes one from a path.
 */
export interface ByteSource {
  /** What messages call it, such as its path. */
  readonly name: string;
  /**
   * Reads from start to end. Content packed with gzip is unpacked.
   *
   * @throws InputError when it cannot be read
   */
  stream(): AsyncIterable<BytePiece>;
  /**
   * Reads bytes as they are stored, without unpacking.
   *
   * @param start position of the first byte; 0 by default
   * @param end position after the last byte; by default the end
   * @throws InputError when it cannot be read
   */
  slice(start?: number, end?: number): Promise<Uint8Array>;
  /** The source of that name next to this one, such as a model's weights. */
  sibling(name: string): ByteSource;
}

/** A piece of a source. */
export interface BytePiece {
  readonly bytes: Uint8Array;
  /** Share of the source that was read, this piece included; 0 throughout where its length is unknown, as for a pipe. */
  readonly fraction: number;
}

/** The pieces as one array. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first) return first;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

// `ignoreBOM` keeps a byte order mark as a character; whoever reads the start of a file removes it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Below this length, and for ASCII alone, JavaScript decodes faster than the call of a decoder. */
const SHORT = 24;

/**
 * Decodes UTF-8; what is not UTF-8 becomes U+FFFD.
 *
 * @param start position of the first byte
 * @param end position after the last byte
 */
export function decodeText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= SHORT) {
    let text = '';
    let at = start;
    for (; at < end && (bytes[at] as number) < 0x80; at++) text += String.fromCharCode(bytes[at] as number);
    if (at === end) return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}
