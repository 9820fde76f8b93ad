import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, nearest } from '../../errors.js';

/** A piece of a file, and how much of the file has been read with it. */
export interface FilePiece {
  readonly bytes: Buffer;
  /** Between 0 and 1; 0 throughout where the length is unknown, as for a pipe. */
  readonly fraction: number;
}

const PIECE = 1 << 20;

/** First bytes (as Latin-1) of files that are often mistaken for tables, and what to say of them. */
const notTables: readonly (readonly [string, string])[] = [
  ['PK\x03\x04', 'a zip archive or spreadsheet: unpack it or save it as CSV'],
  ['PAR1', 'a Parquet file: save it as CSV'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd: unpack it, or use gzip'],
  ['\xfd7zXZ', 'compressed with xz: unpack it, or use gzip'],
  ['BZh', 'compressed with bzip2: unpack it, or use gzip'],
  ['\xff\xfe', 'UTF-16 text: save it as UTF-8'],
  ['\xfe\xff', 'UTF-16 text: save it as UTF-8'],
];

/**
 * Reads a text file from start to end, unpacking it where it begins with gzip's two magic bytes.
 *
 * @param path the file
 * @returns its bytes in order, in pieces of about 1 MiB
 * @throws InputError when it cannot be read, is a directory, is corrupt or is not text
 */
export async function* fileBytes(path: string): AsyncGenerator<FilePiece> {
  let file: FileHandle | undefined;
  try {
    const about = await stat(path);
    if (about.isDirectory()) throw new InputError(`${path} is a directory: name the file inside it`);
    file = await open(path);
    let read = 0;
    const raw = readPieces(file, (bytes) => {
      read += bytes;
    });
    const first = (await raw.next()).value;
    if (!first) return;
    const packed = first[0] === 0x1f && first[1] === 0x8b;
    let checked = false;
    for await (const bytes of packed ? unpack(first, raw) : prepend(first, raw)) {
      if (!checked) assertText(path, bytes);
      checked = true;
      yield { bytes, fraction: about.size > 0 ? Math.min(1, read / about.size) : 0 };
    }
  } catch (error) {
    throw await fileMistake(path, error);
  } finally {
    await file?.close();
  }
}

/**
 * Turns what the system says about a file into a message for its owner.
 *
 * @param path the file
 * @param error what was thrown on reading it
 * @returns an `InputError` where the caller can mend it, else the error itself
 */
export async function fileMistake(path: string, error: unknown): Promise<unknown> {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const neighbours = await readdir(dirname(path)).catch(() => []);
    const near = nearest(basename(path), neighbours);
    return new InputError(`no such file: ${path}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  if (code === 'EACCES' || code === 'EPERM') return new InputError(`${path} cannot be read: permission denied`);
  if (code === 'EISDIR') return new InputError(`${path} is a directory: name the file inside it`);
  if (code?.startsWith('Z_')) return new InputError(`${path} is a corrupt or cut-off gzip file: ${message}`);
  return error;
}

async function* readPieces(file: FileHandle, count: (bytes: number) => void): AsyncGenerator<Buffer, undefined> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(PIECE), 0, PIECE, null);
    if (bytesRead === 0) return;
    count(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}

async function* prepend(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function unpack(first: Buffer, rest: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // Errors of either end surface where the pieces are consumed, so the callback has nothing to add.
  return pipeline(Readable.from(prepend(first, rest)), createGunzip({ chunkSize: PIECE }), () => {});
}

function assertText(path: string, bytes: Buffer): void {
  const head = bytes.toString('latin1', 0, 8);
  const known = notTables.find(([magic]) => head.startsWith(magic));
  if (known) throw new InputError(`${path} is ${known[1]}`);
  if (bytes.includes(0))
    throw new InputError(`${path} is not text: it holds zero bytes; a CSV or TSV file is expected`);
}
