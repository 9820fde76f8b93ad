import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import koffi, { type LibraryHandle } from 'koffi';
import { BackendError } from '../backend-error.js';
import { LIBRARY_FILES } from './library-files.js';

/** Flags of dlopen, of which two differ between systems. */
const [GLOBAL, NO_DELETE] = process.platform === 'darwin' ? [0x8, 0x80] : [0x100, 0x1000];
const NOW = 0x2;

/**
 * Loads TensorFlow's libraries from a folder into the process, where they stay until it ends.
 *
 * @returns the library that has the C API
 * @throws BackendError when the folder lacks a library, or the system cannot load it
 */
export function loadLibrary(folder: string): LibraryHandle {
  const paths = LIBRARY_FILES.map((file) => join(folder, file));
  const missing = paths.find((path) => !existsSync(path));
  if (missing) throw new BackendError(`TensorFlow's library ${missing} does not exist`, 'tensorflow', []);
  const system = koffi.load(null);
  const dlopen = system.func('void *dlopen(const char *path, int flags)');
  const dlerror = system.func('const char *dlerror()');
  // So that each context has the threads that it asks for, rather than those of the first.
  setUnlessSet(system, 'TF_OVERRIDE_GLOBAL_THREADPOOL', '1');
  withoutLog(system, () => {
    for (const path of paths) {
      // Without NO_DELETE the library would be unloaded under the feet of its own threads when the process ends.
      if (!dlopen(path, NOW | GLOBAL | NO_DELETE)) {
        throw new BackendError(`TensorFlow's library cannot be loaded: ${dlerror()}`, 'tensorflow', []);
      }
    }
  });
  return koffi.load(paths[1] as string);
}

/** Loads with TensorFlow's log off, unless the user has said how much of it is wanted; what fails is an Error anyway. */
function withoutLog(system: LibraryHandle, load: () => void): void {
  if (process.env.TF_CPP_MIN_LOG_LEVEL === undefined) {
    setUnlessSet(system, 'TF_CPP_MIN_LOG_LEVEL', '3');
    // While it is loaded it writes some lines that no setting stops.
    withoutStandardError(system, load);
  } else load();
}

/** Sets an environment variable by the system's own function: in a worker thread process.env is a copy that the library does not see. */
function setUnlessSet(system: LibraryHandle, name: string, value: string): void {
  system.func('int setenv(const char *name, const char *value, int overwrite)')(name, value, 0);
}

function withoutStandardError(system: LibraryHandle, run: () => void): void {
  // Two threads could not both put it back where it was.
  if (!isMainThread) {
    run();
    return;
  }
  const dup = system.func('int dup(int fd)');
  const dup2 = system.func('int dup2(int from, int to)');
  const close = system.func('int close(int fd)');
  const nowhere = openSync('/dev/null', 'w');
  const kept: number = dup(2);
  dup2(nowhere, 2);
  try {
    run();
  } finally {
    dup2(kept, 2);
    close(kept);
    closeSync(nowhere);
  }
}
