import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { BackendError } from '../backend-error.js';

/** A TensorFlow that lrfind has installed, as its `installation.json` describes it. */
export interface Installation {
  /** TensorFlow's version. */
  readonly version: string;
  /** Whether it was built for CUDA, with NVIDIA's libraries beside it. */
  readonly cuda: boolean;
  /** When it was installed, in ISO 8601. */
  readonly installed: string;
  /** The wheels that it was unpacked from. */
  readonly wheels: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** The files that were unpacked. Paths are relative to the folder, with slashes. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/**
 * The file that describes an installation. It is written last, so its presence means that the installation is complete.
 */
export const MANIFEST = 'installation.json';

/**
 * The folder where lrfind installs TensorFlow. There is one installation; another one replaces it.
 *
 * @throws BackendError when the user has no home folder
 */
export function installationFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}

/**
 * The user's folder for what lrfind downloads: `LRFIND_CACHE` where that is set, else `lrfind` in the system's cache
 * folder. It may not exist yet.
 *
 * @throws BackendError when the user has no home folder
 */
export function cacheFolder(): string {
  const { LRFIND_CACHE, XDG_CACHE_HOME } = process.env;
  if (LRFIND_CACHE) return resolve(LRFIND_CACHE);
  // XDG's specification says to ignore relative paths.
  if (process.platform !== 'darwin' && XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME))
    return join(XDG_CACHE_HOME, 'lrfind');
  return join(homeFolder(), ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']), 'lrfind');
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    throw new BackendError('this user has no home folder; set LRFIND_CACHE to a folder to write to', 'tensorflow');
  }
}

/** The installation in a folder; or why there is none, or an incomplete one, in words. */
export function readInstallation(folder: string): Installation | string {
  let installation: Installation;
  try {
    installation = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
    const damaged = installation.files.find(({ path, bytes }) => size(join(folder, path)) !== bytes);
    if (damaged) return `${join(folder, damaged.path)} is missing or has another size than when it was installed`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `not installed in ${folder}`;
    return `${join(folder, MANIFEST)} cannot be read: ${(error as Error).message}`;
  }
  return installation;
}

function size(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
