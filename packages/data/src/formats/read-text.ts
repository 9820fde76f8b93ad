import { InputError, sizeText } from '@lrfind/core';
import { type ByteChunk, concatBytes } from '../bytes.js';

/** The most bytes of a text that is decoded as a whole: a little less than the longest text that JavaScript can hold. */
const TEXT_BYTES = 5e8;

/**
 * Reads a file as a whole.
 *
 * @param name what messages call it
 * @param most the most bytes that are allowed
 * @throws InputError when it has more
 */
export async function readBytes(
  name: string,
  chunks: AsyncIterable<ByteChunk>,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const { bytes } of chunks) {
    length += bytes.length;
    if (length > most) throw new InputError(`${name} must have at most ${sizeText(most)}; got more`);
    parts.push(bytes);
  }
  return concatBytes(parts);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a file as text, without a byte order mark.
 *
 * @param name what messages call it
 * @throws InputError when it is not UTF-8, and when it has more than 500 MB
 */
export async function readText(name: string, chunks: AsyncIterable<ByteChunk>): Promise<string> {
  const bytes = await readBytes(name, chunks, TEXT_BYTES);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new InputError(`${name} must be UTF-8 text; save it as UTF-8`);
  }
}
