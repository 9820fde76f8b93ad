import { type ByteSource, concatBytes } from '../bytes.js';

/** Bytes that are read in any order. */
export interface RandomAccess {
  readonly length: number;
  /** The bytes of a place; fewer where the file ends. They are the reader's own, or of an array that nobody changes. */
  slice(from: number, to: number): Promise<Uint8Array>;
}

/** Bytes that are in memory. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return { length: bytes.length, slice: async (from, to) => bytes.subarray(from, to) };
}

/**
 * A file as it lies there.
 *
 * @param matches whether a file is what is looked for, from its first 8 bytes
 * @returns undefined for one that is packed, or that comes only once
 */
export async function plainFile(
  source: ByteSource,
  matches: (head: Uint8Array) => boolean,
): Promise<RandomAccess | undefined> {
  const length = await source.size();
  if (length < 8 || !matches(await source.slice(0, 8))) return undefined;
  return { length, slice: (from, to) => source.slice(from, to) };
}

/** Bytes that come one after the other, of which a reader takes as many as it needs. */
export class ByteQueue {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** The next bytes; fewer where they end. */
  async take(count: number): Promise<Uint8Array> {
    const parts = [this.#held];
    let length = this.#held.length;
    while (length < count) {
      const { value, done } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      length += value.length;
    }
    const bytes = concatBytes(parts.filter((part) => part.length > 0));
    this.#held = bytes.subarray(count);
    return bytes.subarray(0, count);
  }

  /** Reads to the end, so that what is checked there is checked. */
  async end(): Promise<void> {
    for await (const _ of this.#chunks);
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}

/** The bytes of a file from a place on, in parts. */
export async function* partsOf(file: RandomAccess, from: number, to: number, step: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += step) yield await file.slice(at, Math.min(to, at + step));
}
