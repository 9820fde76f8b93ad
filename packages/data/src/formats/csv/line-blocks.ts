import { InputError } from '@lrfind/core';
import { type ByteChunk, concatBytes } from '../../bytes.js';

/** A longer line is not that of a table. */
const MAX_LINE_BYTES = 1 << 28;
const LINE_FEED_BYTE = 10;
const LINE_FEED = Uint8Array.of(LINE_FEED_BYTE);

/**
 * Regroups the chunks of a text into blocks of whole lines, so that a parser need not check for the end of the bytes at
 * every step. A line ends with a line feed, a carriage return or both. A last line without an end gets a line feed. A
 * byte order mark is removed.
 *
 * @param name what messages call the file
 * @param chunks the file from the start
 * @throws InputError for a line longer than 256 MiB
 */
export async function* lineBlocks(name: string, chunks: AsyncIterable<ByteChunk>): AsyncGenerator<ByteChunk> {
  let pending: Uint8Array[] = [];
  let length = 0;
  let fraction = 0;
  let first = true;
  for await (const chunk of chunks) {
    const bytes = first ? withoutMark(chunk.bytes) : chunk.bytes;
    first = false;
    const cut = lastLineEnd(bytes) + 1;
    if (cut > 0) {
      // The line that began before is a block of its own, so that the others need not be copied.
      const end = pending.length > 0 ? bytes.indexOf(LINE_FEED_BYTE) + 1 || cut : 0;
      if (end > 0) yield { bytes: concatBytes([...pending, bytes.subarray(0, end)]), fraction };
      if (end < cut) yield { bytes: bytes.subarray(end, cut), fraction: chunk.fraction };
      pending = [];
      length = 0;
    }
    fraction = chunk.fraction;
    if (cut < bytes.length) pending.push(bytes.subarray(cut));
    length += bytes.length - cut;
    if (length > MAX_LINE_BYTES) throw new InputError(`${name} must be a table; got a line longer than 256 MiB`);
  }
  if (length > 0) yield { bytes: concatBytes([...pending, LINE_FEED]), fraction };
}

/**
 * Position of the last line end. A carriage return as the last byte does not count, because a line feed may follow it.
 */
function lastLineEnd(bytes: Uint8Array): number {
  const lineFeed = bytes.lastIndexOf(10);
  return lineFeed >= 0 || bytes.length < 2 ? lineFeed : bytes.lastIndexOf(13, bytes.length - 2);
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
