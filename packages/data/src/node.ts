// With the folder of this name, what needs Node: bytes from files, from folders of them and from standard input; rows into files.
import { constants, type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileError, InputError, notAllowed, sizeText, suggestion } from '@lrfind/core';
import type { ByteChunk, ByteSource } from './bytes.js';
import type { TableFormat, TableSource } from './formats/format.js';
import { duckdbFormat, filesByDuckdb, isDuckdb } from './node/duckdb.js';
import { filesIn, filesLike, isPattern } from './node/find-files.js';
import { imagesFormat } from './node/images/read-images.js';
import { MEMORY_SHARE, memoryLimit } from './node/memory.js';
import { isSqlite, sqliteFormat } from './node/sqlite.js';
import { standardInput } from './node/standard-input.js';

export { diskStore } from './node/disk-store.js';
export { memoryLimit } from './node/memory.js';

/** Bytes that one read asks for. */
const CHUNK_BYTES = 1 << 20;

/** Each time so many bytes have been read, the memory of the process is looked at. */
const CHECK_BYTES = 1 << 24;

/** The most bytes that Node reads in one call, on every system. */
const READ_BYTES = 2 ** 30;

/**
 * The bytes of a file. Nothing is read until one of the source's methods is called.
 *
 * @param path of a regular file. A pipe, a device and a socket are refused, because reading them may never end.
 * @returns a source whose methods throw InputError when the file is missing, is not a regular file, may not be read, is a
 *   corrupt gzip file, or does not fit into memory. Its siblings must lie in the file's folder or below, links followed. Of a
 *   file that is a link it is also the folder of what the link leads to, where caches such as Hugging Face's keep both.
 * @throws InputError for a path that is no text
 *
 * @example
 * const table = await readTable(fileSource('data.csv'));
 */
export function fileSource(path: string): ByteSource {
  if (typeof path !== 'string') throw notAllowed('a path', 'text', path);
  if (path === '') throw new InputError('a path must not be empty');
  return sourceWithin(path, undefined);
}

/**
 * What `--data` may name: a file, `-` for standard input, a folder of files, or a pattern such as `part-*.csv`. The files of a
 * folder or a pattern are one table, and must have the same columns.
 *
 * @param path of it; in a pattern `*` and `?` stand for letters within a name, `**` for folders, `[ab]` for one of these
 *   letters, and `{a,b}` for one of these texts. A file of exactly this name is that file. A folder with images in a folder for
 *   each class is a table of them.
 * @throws InputError for a path that is no text
 *
 * @example
 * const table = await readTable(tableSource('shards/part-*.parquet'));
 */
export function tableSource(path: string): TableSource {
  if (path === '-') return standardInput();
  const file = fileSource(path);
  return {
    ...file,
    parts: () => partsOf(path),
    folderFormat: () => folderFormat(path),
    formats: databaseFormats,
    query: () => queryFormat(file),
  };
}

/** The formats that need a path or a package of their own, beside those of `tableFormats`. */
export const databaseFormats: readonly TableFormat[] = [sqliteFormat, duckdbFormat];

/** The format of the answer of a query: a database by its own rules, other files by DuckDB. */
async function queryFormat(file: ByteSource): Promise<TableFormat> {
  const isFile = await stat(file.name).then(
    (found) => found.isFile(),
    () => false,
  );
  const head = isFile ? await file.slice(0, 16) : new Uint8Array();
  if (isSqlite(head)) return sqliteFormat;
  return isDuckdb(head) ? duckdbFormat : filesByDuckdb;
}

async function folderFormat(path: string): Promise<TableFormat | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? imagesFormat(path, await filesIn(path)) : undefined;
}

async function partsOf(path: string): Promise<readonly ByteSource[] | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return sourcesOf(path, await filesIn(path));
  if (found || !isPattern(path)) return undefined;
  return sourcesOf(path, await filesLike(path));
}

function sourcesOf(path: string, files: readonly string[]): ByteSource[] {
  if (files.length === 0) throw new InputError(`${path} must lead to at least one file; got none`);
  const [first] = files as [string, ...string[]];
  const other = files.find((file) => endingOf(file) !== endingOf(first));
  if (other !== undefined)
    throw new InputError(
      `${path} must lead to files of one format; got ${first} and ${other}; a pattern such as "${path.replace(/\/?$/, '')}/*${endingOf(first)}" takes some of them`,
    );
  return files.map((file) => fileSource(file));
}

/** `.csv` of `a.csv.gz`. */
function endingOf(path: string): string {
  return /\.[^./\\]+$/.exec(path.toLowerCase().replace(/\.(gz|zst)$/, ''))?.[0] ?? '';
}

/** @param owner the file in whose folder this one must lie; undefined for anywhere */
function sourceWithin(path: string, owner: string | undefined): ByteSource {
  return {
    name: path,
    stream: ({ keeps = true } = {}) => streamFile(path, owner, keeps),
    slice: (start, end) => sliceFile(path, owner, start, end),
    size: () => sizeOfFile(path, owner),
    // Not joined, which would take `link/..` for nothing although the link may lead elsewhere.
    sibling: (name) => sourceWithin(path === basename(path) ? name : `${dirname(path)}/${name}`, path),
  };
}

async function* streamFile(path: string, owner: string | undefined, keeps: boolean): AsyncGenerator<ByteChunk> {
  let file: FileHandle | undefined;
  try {
    const size = await sizeWithin(path, owner);
    const memory = memoryLimit();
    if (keeps && size > memory)
      throw new InputError(`${path} has ${sizeText(size)}; the memory has ${sizeText(memory)}`);
    file = await openFile(path);
    let read = 0;
    let unchecked = CHECK_BYTES;
    const raw = readChunks(file, (bytes) => {
      read += bytes;
    });
    const first = (await raw.next()).value;
    if (!first) return;
    const packed = first[0] === 0x1f && first[1] === 0x8b;
    for await (const bytes of packed ? unpack(first, raw) : prepend(first, raw)) {
      yield { bytes, fraction: size > 0 ? Math.min(1, read / size) : 0 };
      unchecked += bytes.length;
      if (unchecked < CHECK_BYTES) continue;
      unchecked = 0;
      // Linux lends more memory than there is, and then ends the process without a message.
      if (process.memoryUsage.rss() > memory * MEMORY_SHARE)
        throw new InputError(`${path} is too large for the memory of ${sizeText(memory)}: use fewer rows`);
    }
  } catch (error) {
    throw await toInputError(path, error);
  } finally {
    await file?.close();
  }
}

async function sliceFile(
  path: string,
  owner: string | undefined,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  try {
    const size = await sizeWithin(path, owner);
    const file = await openFile(path);
    try {
      // The system's own files in /proc say that they are empty.
      if (start === 0 && end === Number.POSITIVE_INFINITY && size === 0) return await file.readFile();
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, Math.min(READ_BYTES, bytes.length - at), start + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return bytes.subarray(0, at);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw await toInputError(path, error);
  }
}

async function sizeOfFile(path: string, owner: string | undefined): Promise<number> {
  try {
    return await sizeWithin(path, owner);
  } catch (error) {
    throw await toInputError(path, error);
  }
}

/**
 * The size of a regular file.
 *
 * @param owner in whose folder it must lie, links followed; undefined for anywhere
 */
async function sizeWithin(path: string, owner: string | undefined): Promise<number> {
  if (owner === undefined) return sizeOfRegular(path);
  const folder = dirname(owner);
  // A path that leaves the folder by its name is refused unseen, so that nothing is told about what is there.
  if (leaves(folder, path)) throw outside(path, folder);
  const place = await realpath(path);
  const folders = [await realpath(folder), dirname(await realpath(owner))];
  if (folders.every((each) => leaves(each, place))) throw outside(path, folder);
  return sizeOfRegular(path);
}

async function sizeOfRegular(path: string): Promise<number> {
  const found = await stat(path);
  if (found.isDirectory()) throw new InputError(`${path} is a directory: name the file inside it`);
  if (!found.isFile()) throw new InputError(`${path} must be a regular file; got ${kindOf(found)}`);
  return found.size;
}

function leaves(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function outside(path: string, folder: string): InputError {
  return new InputError(`${path} must lie in the folder ${folder} or below it, links followed`);
}

/** What a file is that is neither a regular file nor a directory. */
function kindOf(found: Awaited<ReturnType<typeof stat>>): string {
  if (found.isFIFO()) return 'a pipe, which may never end: write it to a file first';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** Opens a file without waiting, should it have become a pipe since it was looked at. */
function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/**
 * Turns the system's error about a file into an InputError where the caller can correct it.
 *
 * @returns the same error otherwise
 */
async function toInputError(path: string, error: unknown): Promise<unknown> {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const neighbours = await readdir(dirname(path)).catch(() => []);
    return new InputError(`no such file: ${path}${suggestion(basename(path), neighbours)}`);
  }
  if (code === 'EACCES' || code === 'EPERM') return new InputError(`${path} cannot be read: permission denied`);
  if (code === 'EISDIR') return new InputError(`${path} is a directory: name the file inside it`);
  if (code?.startsWith('Z_')) return new InputError(`${path} is a corrupt or cut-off gzip file: ${message}`);
  if (code && CALLERS_ERRORS.includes(code)) return fileError(`${path} cannot be read`, error);
  if (error instanceof RangeError) return new InputError(`${path} is too large for the memory`);
  return error;
}

/** Codes of errors whose reason is the path: too long, links in a circle, a zero byte, a device without a driver. */
const CALLERS_ERRORS: readonly string[] = ['ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE', 'ENXIO', 'ENODEV'];

/** Reads a file from its start; the next chunk while the last one is used. */
async function* readChunks(file: FileHandle, count: (bytes: number) => void): AsyncGenerator<Uint8Array, undefined> {
  const read = () => {
    const chunk = file.read(Buffer.allocUnsafeSlow(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    // Whoever asks for the chunk gets the error.
    chunk.catch(() => {});
    return chunk;
  };
  for (let next = read(); ; ) {
    const { bytesRead, buffer } = await next;
    if (bytesRead === 0) return;
    next = read();
    count(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

/**
 * Uses zlib: `DecompressionStream` takes eight times as long, and newer versions of Node refuse files of several
 * members.
 */
function unpack(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Errors of either end surface where the chunks are consumed, so the callback has nothing to do.
  return pipeline(Readable.from(prepend(first, rest)), createGunzip({ chunkSize: CHUNK_BYTES }), () => {});
}
