// The only file of this package that needs Node: bytes from files.
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, suggestion } from '@lrfind/core';
import type { ByteChunk, ByteSource } from './bytes.js';

/** Bytes that one read asks for. */
const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a file. Nothing is read until one of the source's methods is called.
 *
 * @param path of the file. A pipe can be streamed once, and sliced only as a whole.
 * @returns a source whose methods throw InputError when the file is missing, is a directory, may not be read, or is a
 *   corrupt gzip file
 *
 * @example
 * const table = await readTable(fileSource('data.csv'));
 */
export function fileSource(path: string): ByteSource {
  return {
    name: path,
    stream: () => streamFile(path),
    slice: (start, end) => sliceFile(path, start, end),
    sibling: (name) => fileSource(join(dirname(path), name)),
  };
}

async function* streamFile(path: string): AsyncGenerator<ByteChunk> {
  let file: FileHandle | undefined;
  try {
    const { size } = await statFile(path);
    file = await open(path);
    let read = 0;
    const raw = readChunks(file, (bytes) => {
      read += bytes;
    });
    const first = (await raw.next()).value;
    if (!first) return;
    const packed = first[0] === 0x1f && first[1] === 0x8b;
    for await (const bytes of packed ? unpack(first, raw) : prepend(first, raw)) {
      yield { bytes, fraction: size > 0 ? Math.min(1, read / size) : 0 };
    }
  } catch (error) {
    throw await toInputError(path, error);
  } finally {
    await file?.close();
  }
}

async function sliceFile(path: string, start = 0, end = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  try {
    const { size } = await statFile(path);
    // A pipe has no positions and no size.
    if (start === 0 && end === Number.POSITIVE_INFINITY) return await readFile(path);
    const file = await open(path);
    try {
      const length = Math.max(0, Math.min(end, size) - start);
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, start);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw await toInputError(path, error);
  }
}

async function statFile(path: string) {
  const found = await stat(path);
  if (found.isDirectory()) throw new InputError(`${path} is a directory: name the file inside it`);
  return found;
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
  return error;
}

async function* readChunks(file: FileHandle, count: (bytes: number) => void): AsyncGenerator<Uint8Array, undefined> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
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
