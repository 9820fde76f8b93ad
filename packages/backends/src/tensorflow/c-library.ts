import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import koffi, { type LibraryHandle } from 'koffi';
import { BackendError } from '../backend-error.js';
import { missingEnd } from './elf.js';
import { LIBRARY_FILES } from './library-files.js';
import { loadInThread } from './library-thread.js';

/** The flags RTLD_GLOBAL and RTLD_NODELETE of dlopen. */
const [GLOBAL, NO_DELETE] = process.platform === 'darwin' ? [0x8, 0x80] : [0x100, 0x1000];
/** RTLD_NOW. */
const NOW = 0x2;
/** Without NO_DELETE the library would be unloaded while its threads still run when the process ends. */
const FLAGS = NOW | GLOBAL | NO_DELETE;

/**
 * Begins to load TensorFlow's libraries in a thread of its own, so that `loadLibrary` has them at once; the thread then computes
 * what TensorFlow sets up at its first operations. Not a build for CUDA, nor one of which nothing says that it is none: those write to
 * stderr while they are loaded, which is turned off for the whole process.
 *
 * @param folder the folder that holds them
 * @param cuda whether it was built for CUDA; undefined where nothing says it
 * @returns when they are loaded, or could not be, which `loadLibrary` reports
 */
export async function preloadLibrary(folder: string, cuda: boolean | undefined): Promise<void> {
  if (cuda !== false || !isMainThread) return;
  const paths = libraryPaths(folder);
  if (paths.some((path) => defectOf(path) !== undefined)) return;
  setVariables(koffi.load(null));
  await loadInThread(paths, FLAGS).loaded;
}

/**
 * Loads TensorFlow's libraries from a folder into the process, where they stay until it ends.
 *
 * @returns the library with the C API
 * @throws BackendError when the folder lacks a library, or the system cannot load it
 */
export function loadLibrary(folder: string): LibraryHandle {
  const paths = libraryPaths(folder);
  for (const path of paths) {
    const defect = defectOf(path);
    if (defect) throw new BackendError(`TensorFlow's library ${path} ${defect}`, 'tensorflow');
  }
  const system = koffi.load(null);
  const dlopen = system.func('void *dlopen(const char *path, int flags)');
  const dlerror = system.func('const char *dlerror()');
  withoutLog(system, () => {
    for (const path of paths) {
      if (!dlopen(path, FLAGS)) {
        throw new BackendError(`TensorFlow's library cannot be loaded: ${dlerror()}`, 'tensorflow');
      }
    }
  });
  return koffi.load(paths[1] as string);
}

/** Why a library need not be tried; undefined where nothing is known. */
function defectOf(path: string): string | undefined {
  if (!existsSync(path)) return 'does not exist';
  const cut = missingEnd(path);
  return cut && `is incomplete: it has ${cut.has} of ${cut.needs} bytes`;
}

function libraryPaths(folder: string): string[] {
  return LIBRARY_FILES.map((file) => join(folder, file));
}

/** Turns TensorFlow's log off unless the user has set its level. Failures become errors in any case. */
function withoutLog(system: LibraryHandle, load: () => void): void {
  const isSilent = process.env.TF_CPP_MIN_LOG_LEVEL === undefined;
  setVariables(system);
  // While the library is loaded, it writes some lines that no setting stops.
  if (isSilent) withoutStandardError(system, load);
  else load();
}

/** Sets the variables that the library reads while it is loaded, where the user has not set them. */
function setVariables(system: LibraryHandle): void {
  // Gives each context its own number of threads, rather than that of the first context.
  setDefaultVariable(system, 'TF_OVERRIDE_GLOBAL_THREADPOOL', '1');
  if (process.env.TF_CPP_MIN_LOG_LEVEL === undefined) setDefaultVariable(system, 'TF_CPP_MIN_LOG_LEVEL', '3');
}

/**
 * Sets an environment variable that is not set. In a worker thread, process.env is a copy that the library does not
 * see.
 */
function setDefaultVariable(system: LibraryHandle, name: string, value: string): void {
  system.func('int setenv(const char *name, const char *value, int overwrite)')(name, value, 0);
}

function withoutStandardError(system: LibraryHandle, run: () => void): void {
  // Two threads that do this at the same time could restore the wrong file descriptor.
  if (!isMainThread) {
    run();
    return;
  }
  const dup = system.func('int dup(int fd)');
  const dup2 = system.func('int dup2(int from, int to)');
  const close = system.func('int close(int fd)');
  const devNull = openSync('/dev/null', 'w');
  const original: number = dup(2);
  dup2(devNull, 2);
  try {
    run();
  } finally {
    dup2(original, 2);
    close(original);
    closeSync(devNull);
  }
}
