import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BackendError } from '../../backend-error.js';

/** Temporary folders that this process uses. */
const inUse = new Set<string>();

/**
 * Calls a function with a new folder beside the final one, so that incomplete work is never mistaken for complete work.
 * The new folder is removed however the work or the process ends. If the process is killed, the next call removes it.
 *
 * @param final the folder where the result will be put
 * @param work gets the new folder
 * @throws BackendError when the folder cannot be created
 */
export async function inStagingFolder<Result>(
  final: string,
  work: (staging: string) => Promise<Result>,
): Promise<Result> {
  await removeAbandoned(final);
  const staging = temporaryName(final);
  const remove = () => rmSync(staging, { recursive: true, force: true, maxRetries: 5 });
  try {
    await mkdir(staging, { recursive: true }).catch((error) => {
      throw new BackendError(`no folder can be created in ${dirname(final)}: ${error.message}`, 'tensorflow');
    });
    process.on('exit', remove);
    return await work(staging);
  } finally {
    await removeTemporary(staging);
    process.off('exit', remove);
  }
}

/**
 * Moves a finished folder to its final place, and removes a folder that is there. Programs that have files of the old
 * folder open keep them.
 *
 * @param keepPresent whether to keep the folder that is there; another process may just have put it there
 * @returns whether the folder was moved
 */
export async function putInPlace(finished: string, final: string, keepPresent: () => boolean): Promise<boolean> {
  try {
    // Fails where there is a folder already, so that of two processes only one succeeds.
    await rename(finished, final);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  if (keepPresent()) return false;
  const before = await setAside(final);
  try {
    return await putInPlace(finished, final, keepPresent);
  } finally {
    if (before) await removeTemporary(before);
  }
}

/**
 * Removes a folder. It is renamed first, so that a partly removed folder is never mistaken for a complete one.
 *
 * @returns whether it existed
 * @throws BackendError when it cannot be moved
 */
export async function removeFolder(folder: string): Promise<boolean> {
  const aside = await setAside(folder);
  if (aside) await removeTemporary(aside);
  return aside !== undefined;
}

/** Renames a folder to a temporary name, if it exists. */
async function setAside(folder: string): Promise<string | undefined> {
  const aside = temporaryName(folder);
  try {
    await rename(folder, aside);
    return aside;
  } catch (error) {
    inUse.delete(aside);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BackendError(`${folder} cannot be moved: ${(error as Error).message}`, 'tensorflow');
  }
}

async function removeTemporary(folder: string): Promise<void> {
  // ENOTDIR: the folder could not be created, which was reported then.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error;
  });
  inUse.delete(folder);
}

/** Removes the temporary folders beside a folder that killed processes have left. */
export async function removeAbandoned(final: string): Promise<void> {
  const parent = dirname(final);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const path = join(parent, name);
    if (await isAbandoned(path, basename(final))) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A temporary name beside a folder, with the machine and the process that use it. */
function temporaryName(final: string): string {
  const path = `${final}.${hostname()}.${process.pid}.${randomBytes(4).toString('hex')}.part`;
  inUse.add(path);
  return path;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [, host, pid] = /^[.](.+)[.](\d+)[.][0-9a-f]{8}[.]part$/.exec(basename(path).slice(name.length)) ?? [];
  if (!basename(path).startsWith(name) || host === undefined || inUse.has(path)) return false;
  if (host === hostname()) return Number(pid) === process.pid || !isAlive(Number(pid));
  // Machines may share a home folder, and there is no way to know whether another machine's process is alive.
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > WEEK_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
