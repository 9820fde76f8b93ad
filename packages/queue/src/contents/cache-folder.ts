import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@lrfind/core';
import { type Content, contentOf } from './contents.js';

/** Files by their content on the disk of a worker. */
export interface CacheFolder {
  /**
   * The bytes of a content: those in the folder if they are that content, else those that are fetched, which are then kept.
   *
   * @param fetch gives null where the bytes cannot be had
   */
  get(content: Content, fetch: () => Promise<Uint8Array | null>): Promise<Uint8Array | null>;
}

/** Milliseconds after which an unfinished file is nobody's. */
const ABANDONED = 3600_000;

const NAME = /^[0-9a-f]{64}$/;

/**
 * Opens a folder of files that are named by their SHA-256. Several processes may use it at once: a file is written beside and renamed, and
 * checked whenever it is read.
 *
 * @param mostBytes of all files; the ones that were used longest ago are removed, all but the newest if need be
 * @param onNote gets a sentence about a damaged file, and about a folder that cannot be written, without which work goes on
 */
export function cacheFolder(folder: string, mostBytes: number, onNote: (note: string) => void): CacheFolder {
  const read = async (content: Content): Promise<Uint8Array | null> => {
    const path = join(folder, content.sha256);
    const bytes = await readFile(path).catch(() => null);
    if (!bytes) return null;
    const { sha256 } = contentOf(bytes);
    if (sha256 === content.sha256) {
      // Which file was used last is what the clock of the disk says, not when it was written.
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
      return bytes;
    }
    onNote(`the file ${path} of the cache is damaged: its SHA-256 is ${sha256}; it is fetched again`);
    await rm(path, { force: true }).catch(() => {});
    return null;
  };
  const write = async (content: Content, bytes: Uint8Array): Promise<void> => {
    const part = join(folder, `${content.sha256}.${randomUUID()}.part`);
    try {
      await mkdir(folder, { recursive: true });
      await makeRoom(folder, mostBytes - content.bytes);
      await writeFile(part, bytes);
      await rename(part, join(folder, content.sha256));
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      onNote(`${fileError(`the cache ${folder} cannot be written`, error).message}; the work goes on without it`);
    }
  };
  return {
    async get(content, fetch) {
      const kept = await read(content);
      if (kept) return kept;
      const bytes = await fetch();
      if (bytes) await write(content, bytes);
      return bytes;
    },
  };
}

/** Removes the files that were used longest ago until all take at most so many bytes. */
async function makeRoom(folder: string, mostBytes: number): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => {
      const status = await stat(join(folder, name)).catch(() => null);
      return { name, bytes: status?.size ?? 0, used: status?.mtimeMs ?? 0 };
    }),
  );
  for (const { name, used } of files)
    if (name.endsWith('.part') && used < Date.now() - ABANDONED) await rm(join(folder, name), { force: true });
  const kept = files.filter(({ name }) => NAME.test(name)).toSorted((a, b) => a.used - b.used);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes } of kept) {
    if (total <= mostBytes) return;
    await rm(join(folder, name), { force: true });
    total -= bytes;
  }
}
