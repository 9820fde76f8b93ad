import { InputError, sizeText } from '@lrfind/core';

/**
 * Where bytes come from: a file, an upload, a URL. Everything that reads a table or a model takes a source, so it runs
 * wherever a source can be made: `bytesSource` makes one from what a page has, `fileSource` of `@lrfind/data/node` from a path.
 */
export interface ByteSource {
  /** What messages call it, such as its path. */
  readonly name: string;
  /**
   * Reads from start to end. Content packed with gzip is unpacked.
   *
   * @param options `keeps`: whether the reader keeps what it reads, so that a source larger than memory should be refused
   *   at once. Default: true
   * @throws InputError when it cannot be read
   */
  stream(options?: { readonly keeps?: boolean }): AsyncIterable<ByteChunk>;
  /**
   * Reads bytes as they are stored, without unpacking.
   *
   * @param start position of the first byte; 0 by default
   * @param end position after the last byte; by default the end
   * @throws InputError when it cannot be read
   */
  slice(start?: number, end?: number): Promise<Uint8Array>;
  /**
   * The number of bytes that are stored, without unpacking.
   *
   * @throws InputError when it cannot be read
   */
  size(): Promise<number>;
  /** The source of that name next to this one, such as a model's weights. */
  sibling(name: string): ByteSource;
}

/** A chunk of a source. */
export interface ByteChunk {
  readonly bytes: Uint8Array;
  /** Share of the source read so far, this chunk included; 0 throughout when its length is unknown, as for a pipe. */
  readonly fraction: number;
}

/** The most bytes of a text that is decoded as a whole: a little less than the longest text that JavaScript can hold. */
const DOCUMENT_BYTES = 5e8;

/**
 * Reads a source that is decoded as a whole, such as a JSON document.
 *
 * @throws InputError when it cannot be read, and when it has more than 500 MB
 */
export async function readDocument(source: ByteSource): Promise<Uint8Array> {
  const size = await source.size();
  if (size <= DOCUMENT_BYTES) return source.slice();
  throw new InputError(`${source.name} must have at most ${sizeText(DOCUMENT_BYTES)}; got ${sizeText(size)}`);
}

/** Joins chunks into one array. A single chunk is returned itself, not copied. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first) return first;
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// `ignoreBOM` keeps a byte order mark as a character; the reader of a file's start removes it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Up to this length, ASCII is decoded faster in JavaScript than by calling the decoder. */
const SHORT_TEXT_BYTES = 24;

/**
 * Decodes UTF-8. Invalid bytes become U+FFFD.
 *
 * @param start position of the first byte
 * @param end position after the last byte
 */
export function decodeText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= SHORT_TEXT_BYTES) {
    let text = '';
    let at = start;
    for (; at < end && (bytes[at] as number) < 0x80; at++) text += String.fromCharCode(bytes[at] as number);
    if (at === end) return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}
