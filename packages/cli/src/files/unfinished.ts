import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { together } from './together.js';

/** Files and folders that this process is writing beside the ones that they will replace. */
const unfinished = new Set<string>();

/**
 * A name for an unfinished file or folder, in the folder of the one that it will replace, so that a rename suffices. Nobody
 * can guess it and plant a link there. What is made under this name is removed when the process is interrupted, until
 * `finished` is called.
 *
 * @param target that it will replace
 */
export function unfinishedName(target: string): string {
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');
  const path = join(dirname(target), `.lrfind-${random}.partial`);
  unfinished.add(path);
  return path;
}

/**
 * Writes a new file, a text also piece by piece, down to the disk. Synchronous, so that an interrupted process does not make it after it has removed it.
 *
 * @throws what the system says, also when there is something of that name, such as a link
 */
export function writeNewFile(path: string, contents: Uint8Array | Iterable<string>): void {
  const file = openSync(path, 'wx');
  try {
    if (typeof contents === 'string' || contents instanceof Uint8Array) writeFileSync(file, contents);
    else for (const text of together(contents)) writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Forgets an unfinished name, because what it named has its own name now. */
export function finished(path: string): void {
  unfinished.delete(path);
}

/**
 * Removes unfinished files and folders, at best: what cannot be removed stays, so that the reason for which it was not
 * finished is the one that is reported. Synchronous, so that an interrupted process can still do it.
 *
 * @param paths all by default
 */
export function removeUnfinished(paths: readonly string[] = [...unfinished]): void {
  for (const path of paths) {
    unfinished.delete(path);
    try {
      rmSync(path, { force: true, recursive: true });
    } catch {
      // The system refuses its folder: what is there was not made here, or cannot be removed.
    }
  }
}
