import { availableParallelism } from 'node:os';
import { BackendError } from '../backend-error.js';
import { declareFunctions } from './c-functions.js';
import { loadLibrary } from './c-library.js';
import { configProto } from './config-proto.js';
import { type Context, createContext } from './context.js';
import { declareGraphFunctions, type GraphFunctions } from './graph/graph-functions.js';

/** TensorFlow's library, ready to compute. */
export interface TensorFlow {
  /** The folder that it was loaded from. */
  readonly folder: string;
  /** As "2.21.0". */
  readonly version: string;
  /** Threads that compute on the CPU. */
  readonly threads: number;
  readonly context: Context;
  readonly graphs: GraphFunctions;
}

let opened: TensorFlow | undefined;

/**
 * Loads TensorFlow's C library, once in a process.
 *
 * @param folder the folder that holds `libtensorflow_cc` and `libtensorflow_framework`
 * @param threads threads that compute on the CPU; as many as the process may use when left out
 * @throws BackendError when it cannot be loaded, or when another one has been
 */
export function openTensorFlow(folder: string, threads = availableParallelism()): TensorFlow {
  if (opened && opened.folder !== folder) {
    throw new BackendError(`TensorFlow is already loaded from ${opened.folder}`, 'tensorflow', []);
  }
  opened ??= open(folder, threads);
  return opened;
}

function open(folder: string, threads: number): TensorFlow {
  const library = loadLibrary(folder);
  try {
    const c = declareFunctions(library);
    const context = createContext(c, configProto(threads));
    return { folder, version: c.Version(), threads, context, graphs: declareGraphFunctions(library) };
  } catch (error) {
    throw new BackendError(`TensorFlow in ${folder} does not start: ${(error as Error).message}`, 'tensorflow', []);
  }
}
