import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.js';

/** A TensorFlow that lrfind has installed, as its `installation.json` tells. Paths are relative to the folder, with slashes. */
export interface Installation {
  /** TensorFlow's version. */
  readonly version: string;
  /** Whether it was built for CUDA, with NVIDIA's libraries beside it. */
  readonly cuda: boolean;
  /** When it was installed, ISO 8601. */
  readonly installed: string;
  /** What it was unpacked from. */
  readonly wheels: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** What was kept of that. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/** Its presence says that an installation was completed. */
export const MANIFEST = 'installation.json';

/**
 * Where lrfind installs TensorFlow. There is one installation; another takes its place.
 *
 * @throws BackendError when the user has no home folder
 */
export function installationFolder(): string {
  return join(cacheFolder(), 'tensorflow');
}

/** The installation in a folder, or in words why there is none: nothing there, or not all of what was installed. */
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
