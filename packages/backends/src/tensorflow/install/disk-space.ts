import { statfs } from 'node:fs/promises';
import { BackendError } from '../../backend-error.js';

/**
 * Makes sure that a disk has room.
 *
 * @param folder a folder on the disk
 * @param bytes how much will be written
 * @param purpose what for, in words
 * @throws BackendError when there is less
 */
export async function requireSpace(folder: string, bytes: number, purpose: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const message = `${purpose} needs ${gigabytes(bytes)} on the disk of ${folder}, which has ${gigabytes(free)} left`;
  throw new BackendError(`${message}; make room, or set LRFIND_CACHE to a folder on another disk`, 'tensorflow', []);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
