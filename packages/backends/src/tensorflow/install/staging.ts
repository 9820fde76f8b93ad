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
  await mkdir(staging, { recursive: true }).catch((error) => {
    throw new BackendError(`no folder can be made in ${dirname(final)}: ${error.message}`, 'tensorflow', []);
  });
  inUse.add(staging);
  const remove = () => rmSync(staging, { recursive: true, force: true, maxRetries: 5 });
  process.on('exit', remove);
  try {
    return await work(staging);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', remove);
    inUse.delete(staging);
  }
}

/** Puts a finished folder in its place; what was there is removed. Programs that have it open keep what they have. */
export async function putInPlace(finished: string, final: string): Promise<void> {
  await removeFolder(final);
  try {
    await rename(finished, final);
  } catch (error) {
    // Another process was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await putInPlace(finished, final);
  }
}

/**
 * Removes a folder in such a way that half of it is never taken for the whole.
 *
 * @returns whether it was there
 */
export async function removeFolder(folder: string): Promise<boolean> {
  const aside = beside(folder);
  inUse.add(aside);
  try {
    await rename(folder, aside);
    await rm(aside, { recursive: true, force: true, maxRetries: 5 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  } finally {
    inUse.delete(aside);
  }
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

/** A name that tells whose it is: of which process on which machine. */
function beside(final: string): string {
  return `${final}.${hostname()}.${process.pid}.${randomBytes(4).toString('hex')}.part`;
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
