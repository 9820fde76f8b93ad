import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { BackendError } from '../../backend-error.js';

/**
 * Checks that a disk has enough space.
 *
 * @param folder a folder on the disk
 * @param bytes the number of bytes that will be written
 * @param purpose what needs the space, in words
 * @throws BackendError when there is less
 */
export async function requireSpace(folder: string, bytes: number, purpose: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const message = `${purpose} needs ${gigabytes(bytes)} on the disk of ${folder}, which has ${gigabytes(free)} left`;
  throw new BackendError(`${message}; make room, or set LRFIND_CACHE to a folder on another disk`, 'tensorflow');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

const PERIOD_MS = 200;

/**
 * Reports the size of a folder while a function fills it.
 *
 * @param onSize gets the bytes in the folder several times a second
 */
export async function watchGrowth<Result>(
  folder: string,
  onSize: (bytes: number) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  let ended = false;
  const watch = async () => {
    const bytes = await folderSize(folder);
    if (ended) return;
    onSize(bytes);
    timer = setTimeout(watch, PERIOD_MS);
  };
  let timer = setTimeout(watch, PERIOD_MS);
  try {
    return await work();
  } finally {
    ended = true;
    clearTimeout(timer);
  }
}

/** The bytes of all files in a folder and its subfolders. Files that disappear meanwhile count nothing. */
async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? folderSize(path) : ((await stat(path).catch(() => undefined))?.size ?? 0);
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
