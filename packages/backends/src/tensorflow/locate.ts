import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BackendError } from '../backend-error.js';
import { type Build, describeBuild } from './build.js';
import { installationFolder, readInstallation } from './install/installation.js';
import { LIBRARY_FILES } from './library-files.js';
import { pythonsOnPath, tensorflowFolders } from './python.js';

/** TensorFlow on this machine, found but not loaded. */
export interface LocatedTensorFlow extends Build {
  readonly found: true;
  /** Who told: `LRFIND_TENSORFLOW`, lrfind's own installation, or the Python on PATH. */
  readonly source: 'environment' | 'installed' | 'python';
}

/** No TensorFlow on this machine. */
export interface NoTensorFlow {
  readonly found: false;
  /** For every place that was looked at, why it has none, in words. */
  readonly reasons: readonly string[];
}

/**
 * Looks for TensorFlow: in the folder that `LRFIND_TENSORFLOW` names, among what lrfind has installed, in the Python on PATH.
 * Nothing is loaded. A Python is asked once in a process, by a child process of some hundredths of a second.
 *
 * @throws BackendError when `LRFIND_TENSORFLOW` is set to a folder without TensorFlow; no other place is looked at then
 */
export function locateTensorFlow(): LocatedTensorFlow | NoTensorFlow {
  if (process.platform === 'win32')
    return { found: false, reasons: ['TensorFlow is not available on Windows; wasm works'] };
  const { LRFIND_TENSORFLOW: named } = process.env;
  if (named) return { found: true, source: 'environment', ...inEnvironment(named) };
  const installed = inInstallation();
  if (!Array.isArray(installed)) return { found: true, source: 'installed', ...installed };
  const ofPython = inPython();
  if (!Array.isArray(ofPython)) return { found: true, source: 'python', ...ofPython };
  return { found: false, reasons: ['LRFIND_TENSORFLOW is not set', ...installed, ...ofPython] };
}

function inEnvironment(named: string): Build {
  const given = resolve(named);
  if (!existsSync(given)) throw mistake(named, 'there is no such folder');
  // The package itself, or the site-packages folder that it lies in.
  const folder = [given, join(given, 'tensorflow')].find((each) =>
    LIBRARY_FILES.every((file) => existsSync(join(each, file))),
  );
  if (!folder) throw mistake(named, `looked for ${LIBRARY_FILES.join(' and ')} there and in its folder tensorflow`);
  const build = describeBuild(folder);
  if (typeof build === 'string') throw mistake(named, build);
  return build;
}

function mistake(named: string, what: string): BackendError {
  return new BackendError(`LRFIND_TENSORFLOW is "${named}": ${what}`, 'tensorflow', []);
}

/** What was installed, or why there is nothing. */
function inInstallation(): Build | string[] {
  try {
    const folder = installationFolder();
    const installation = readInstallation(folder);
    const build = typeof installation === 'string' ? installation : describeBuild(join(folder, 'tensorflow'));
    return typeof build === 'string' ? [build] : build;
  } catch (error) {
    if (error instanceof BackendError) return [error.message];
    throw error;
  }
}

/** The first of the Pythons' that is usable, or why none is. */
function inPython(): Build | string[] {
  const pythons = pythonsOnPath();
  const reasons = pythons.length === 0 ? ['no python3 on PATH'] : [];
  for (const python of pythons) {
    const folders = tensorflowFolders(python);
    if (typeof folders === 'string') reasons.push(folders);
    else if (folders.length === 0) reasons.push(`${python} has no TensorFlow`);
    else {
      const builds = folders.map(describeBuild);
      const build = builds.find((each) => typeof each !== 'string');
      if (build) return build;
      reasons.push(...builds.map(String));
    }
  }
  return reasons;
}
