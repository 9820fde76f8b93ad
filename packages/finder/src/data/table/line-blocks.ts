import { InputError } from '../../errors.js';
import { type FilePiece, fileBytes } from './file-bytes.js';

const LONGEST_LINE = 1 << 28;

/**
 * Reads a text file in pieces that end where a line ends, so that whoever parses them need not look out for the end
 * of the bytes at every step. A line end is a line feed, a carriage return or both; a last line without one gets a
 * line feed. A byte order mark is left out.
 *
 * @param path the file, plain or gzip
 * @throws InputError as `fileBytes`, and for a line longer than 256 MiB
 */
export async function* lineBlocks(path: string): AsyncGenerator<FilePiece> {
  let held: Buffer[] = [];
  let length = 0;
  let fraction = 0;
  let first = true;
  for await (const piece of fileBytes(path)) {
    fraction = piece.fraction;
    const bytes = first ? withoutMark(piece.bytes) : piece.bytes;
    first = false;
    const cut = lastLineEnd(bytes) + 1;
    if (cut > 0) {
      held.push(bytes.subarray(0, cut));
      yield { bytes: joined(held), fraction };
      held = [];
      length = 0;
    }
    if (cut < bytes.length) held.push(bytes.subarray(cut));
    length += bytes.length - cut;
    if (length > LONGEST_LINE) throw new InputError(`${path} has a line longer than 256 MiB: it is not a table`);
  }
  if (length > 0) yield { bytes: Buffer.concat([...held, Buffer.from('\n')]), fraction };
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
}

/** The last line end; a carriage return counts where no line feed can follow it, that is, not as the last byte. */
function lastLineEnd(bytes: Buffer): number {
  const lineFeed = bytes.lastIndexOf(10);
  return lineFeed >= 0 || bytes.length < 2 ? lineFeed : bytes.lastIndexOf(13, bytes.length - 2);
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
