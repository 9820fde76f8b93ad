import { InputError } from '@lrfind/core';
import { type BytePiece, concatBytes } from '../../bytes.js';

const LONGEST_LINE = 1 << 28;
const LINE_FEED = Uint8Array.of(10);

/**
 * Cuts the pieces of a text where lines end, so that a parser need not look for the end of the bytes at every step. A
 * line end is a line feed, a carriage return or both; a last line without one gets a line feed. A byte order mark is
 * removed.
 *
 * @param name what messages call the file
 * @param pieces the file from the start
 * @throws InputError for a line longer than 256 MiB
 */
export async function* lineBlocks(name: string, pieces: AsyncIterable<BytePiece>): AsyncGenerator<BytePiece> {
  let held: Uint8Array[] = [];
  let length = 0;
  let fraction = 0;
  let first = true;
  for await (const piece of pieces) {
    fraction = piece.fraction;
    const bytes = first ? withoutMark(piece.bytes) : piece.bytes;
    first = false;
    const cut = lastLineEnd(bytes) + 1;
    if (cut > 0) {
      held.push(bytes.subarray(0, cut));
      yield { bytes: concatBytes(held), fraction };
      held = [];
      length = 0;
    }
    if (cut < bytes.length) held.push(bytes.subarray(cut));
    length += bytes.length - cut;
    if (length > LONGEST_LINE) throw new InputError(`${name} has a line longer than 256 MiB: it is not a table`);
  }
  if (length > 0) yield { bytes: concatBytes([...held, LINE_FEED]), fraction };
}

/** The last line end; a carriage return counts where no line feed can follow it, that is, not as the last byte. */
function lastLineEnd(bytes: Uint8Array): number {
  const lineFeed = bytes.lastIndexOf(10);
  return lineFeed >= 0 || bytes.length < 2 ? lineFeed : bytes.lastIndexOf(13, bytes.length - 2);
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
