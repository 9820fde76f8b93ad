import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileError, InputError, sizeText } from '@lrfind/core';
import type { BlockStore } from '../large/block-store.js';

/** Bytes that are left free on the disk, for everybody else. */
const LEFT_FREE = 2 ** 28;
/** The free bytes are asked for each time that so many have been written. */
const ASK_EVERY = 2 ** 26;
/** The most bytes that Node writes or reads in one call, on every system. */
const CALL_BYTES = 2 ** 30;

/**
 * Opens a temporary file for the rows of a table that is larger than memory. Where the system can, its name is taken away at
 * once, so that its place is freed however the process ends; elsewhere `close` deletes it.
 *
 * @param what is stored, for messages, such as the table's path
 * @param folder of the file. Default: the system's folder for temporary files, which the environment variable `TMPDIR` names, on Windows `TEMP`
 * @throws InputError where the folder cannot be written to; the store's `append` where the disk has no place
 */
export async function diskStore(what: string, folder = tmpdir()): Promise<BlockStore> {
  const path = join(folder, `lrfind-${randomBytes(8).toString('hex')}.rows`);
  const file = await openNew(path, folder, what);
  // Windows keeps the name of an open file.
  const named =
    process.platform === 'win32' ||
    !(await unlink(path).then(
      () => true,
      () => false,
    ));
  let end = 0;
  let askAt = 0;
  let closed: Promise<void> | undefined;
  const noPlace = async (wanted: number) => {
    const free = await freeBytes(folder);
    return new InputError(
      `the rows of ${what} must fit on the disk of ${folder}: ${sizeText(end)} of them did, and ${sizeText(free)} are free, of which ${sizeText(LEFT_FREE)} stay free; the next have ${sizeText(wanted)}: set ${process.platform === 'win32' ? 'TEMP' : 'TMPDIR'} to a folder with more, or use fewer rows`,
    );
  };
  return {
    async append(parts) {
      const bytes = parts.reduce((sum, { length }) => sum + length, 0);
      if (end + bytes > askAt) {
        if ((await freeBytes(folder)) - bytes < LEFT_FREE) throw await noPlace(bytes);
        askAt = end + bytes + ASK_EVERY;
      }
      const position = end;
      try {
        for (const part of parts) await writeAll(file, part, end).then(() => (end += part.length));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw await noPlace(bytes);
        throw fileError(`the rows of ${what} cannot be written to ${folder}`, error);
      }
      return position;
    },
    async read(position, length) {
      const bytes = new Uint8Array(length);
      let at = 0;
      while (at < length) {
        const { bytesRead } = await file.read(bytes, at, Math.min(CALL_BYTES, length - at), position + at);
        if (bytesRead === 0)
          throw new InputError(`the rows of ${what} cannot be read back from ${folder}: the file has become shorter`);
        at += bytesRead;
      }
      return bytes;
    },
    close() {
      closed ??= file.close().then(() => (named ? unlink(path).catch(() => {}) : undefined));
      return closed;
    },
  };
}

async function openNew(path: string, folder: string, what: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    throw fileError(`the rows of ${what} cannot be written to ${folder}`, error);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(CALL_BYTES, bytes.length - at), position + at);
    at += bytesWritten;
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
