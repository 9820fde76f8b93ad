import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BackendError } from '../backend-error.js';
import { type Build, describeBuild } from './build.js';
import { installationFolder, readInstallation } from './installation.js';
import { LIBRARY_FILES } from './library-files.js';
import { pythonsOnPath, tensorflowFolders } from './python.js';

/** TensorFlow on this machine, found but not loaded. */
export interface LocatedTensorFlow extends Build {
  readonly found: true;
  /** What named the folder: `LRFIND_TENSORFLOW`, lrfind's own installation, or the Python on PATH. */
  readonly source: 'environment' | 'installed' | 'python';
}

/** The result where no TensorFlow was found. */
export interface NoTensorFlow {
  readonly found: false;
  /** Why each place has none, in words. */
  readonly reasons: readonly string[];
}

/**
 * Looks for TensorFlow: in the folder that `LRFIND_TENSORFLOW` names, in lrfind's own installation, in the Python on
 * PATH. Loads nothing. Each Python is queried once per process, in a child process that takes a few hundredths of a
 * second.
 *
 * @throws BackendError when `LRFIND_TENSORFLOW` is set to a folder without TensorFlow, when it does not look elsewhere, and for a
 *   Python that does not answer
 */
export function locateTensorFlow(): LocatedTensorFlow | NoTensorFlow {
  if (process.platform === 'win32')
    return { found: false, reasons: ['TensorFlow is not available on Windows; wasm works'] };
  const { LRFIND_TENSORFLOW } = process.env;
  if (LRFIND_TENSORFLOW) return { found: true, source: 'environment', ...fromEnvironment(LRFIND_TENSORFLOW) };
  const installed = fromInstallation();
  if (!Array.isArray(installed)) return { found: true, source: 'installed', ...installed };
  const fromPath = fromPython();
  if (!Array.isArray(fromPath)) return { found: true, source: 'python', ...fromPath };
  return { found: false, reasons: ['LRFIND_TENSORFLOW is not set', ...installed, ...fromPath] };
}

function fromEnvironment(value: string): Build {
  const named = resolve(value);
  // The package itself, or the site-packages folder around it.
  const folder = [named, join(named, 'tensorflow')].find((each) =>
    LIBRARY_FILES.every((file) => existsSync(join(each, file))),
  );
  const build = folder && describeBuild(folder);
  if (typeof build === 'object') return build;
  const reason = build ?? (existsSync(named) ? '' : 'there is no such folder');
  throw new BackendError(
    `LRFIND_TENSORFLOW must be a folder with ${LIBRARY_FILES.join(' and ')}, or one whose folder tensorflow has them; ` +
      `got "${value}"${reason && `: ${reason}`}`,
    'tensorflow',
  );
}

/** lrfind's own installation, or why there is none. */
function fromInstallation(): Build | string[] {
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

/** The first usable TensorFlow of a Python on PATH, or why there is none. */
function fromPython(): Build | string[] {
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
