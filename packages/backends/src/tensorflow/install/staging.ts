import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BackendError } from '../../backend-error.js';

/** Folders that this process works in. */
const inUse = new Set<string>();

/**
 * Does a piece of work in a new folder beside the one that it is meant for, so that half of it is never taken for the whole.
 * The folder is gone afterwards, however the work or the process ends; if the process is killed, the next work removes it.
 *
 * @param final the folder that the work is meant for
 * @param work is given the new folder
 * @throws BackendError when no folder can be made there
 */
export async function inStagingFolder<Result>(
  final: string,
  work: (staging: string) => Promise<Result>,
): Promise<Result> {
  await removeAbandoned(final);
  const staging = beside(final);
  const remove = () => rmSync(staging, { recursive: true, force: true, maxRetries: 5 });
  try {
    await mkdir(staging, { recursive: true }).catch((error) => {
      throw new BackendError(`no folder can be made in ${dirname(final)}: ${error.message}`, 'tensorflow', []);
    });
    process.on('exit', remove);
    return await work(staging);
  } finally {
    await removeOwn(staging);
    process.off('exit', remove);
  }
}

/**
 * Puts a finished folder in its place; what was there is removed. Programs that have it open keep what they have.
 *
 * @param isGood whether what is there, which another process may have put there meanwhile, is to stay
 * @returns whether it was put there
 */
export async function putInPlace(finished: string, final: string, isGood: () => boolean): Promise<boolean> {
  try {
    // Fails where there is something, so that of two processes one is the first.
    await rename(finished, final);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  if (isGood()) return false;
  const before = await setAside(final);
  try {
    return await putInPlace(finished, final, isGood);
  } finally {
    if (before) await removeOwn(before);
  }
}

/**
 * Removes a folder in such a way that half of it is never taken for the whole.
 *
 * @returns whether it was there
 * @throws BackendError when it cannot be moved
 */
export async function removeFolder(folder: string): Promise<boolean> {
  const aside = await setAside(folder);
  if (aside) await removeOwn(aside);
  return aside !== undefined;
}

/** Gives a folder another name, if it is there. */
async function setAside(folder: string): Promise<string | undefined> {
  const aside = beside(folder);
  try {
    await rename(folder, aside);
    return aside;
  } catch (error) {
    inUse.delete(aside);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BackendError(`${folder} cannot be moved: ${(error as Error).message}`, 'tensorflow', []);
  }
}

async function removeOwn(folder: string): Promise<void> {
  // What is in the way of the folder itself was told when it was made.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') throw error;
  });
  inUse.delete(folder);
}

/** Removes what processes have left beside a folder that did not live to do so. */
export async function removeAbandoned(final: string): Promise<void> {
  const parent = dirname(final);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const path = join(parent, name);
    if (await isAbandoned(path, basename(final))) await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A name in use, which tells whose it is: of which process on which machine. */
function beside(final: string): string {
  const path = `${final}.${hostname()}.${process.pid}.${randomBytes(4).toString('hex')}.part`;
  inUse.add(path);
  return path;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [, host, pid] = /^[.](.+)[.](\d+)[.][0-9a-f]{8}[.]part$/.exec(basename(path).slice(name.length)) ?? [];
  if (!basename(path).startsWith(name) || host === undefined || inUse.has(path)) return false;
  if (host === hostname()) return Number(pid) === process.pid || !isAlive(Number(pid));
  // Home folders may be shared; whether another machine's process lives is not to be known.
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > WEEK_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
