import { availableParallelism } from 'node:os';
import { BackendError } from '../backend-error.js';
import { declareFunctions } from './c-functions.js';
import { loadLibrary } from './c-library.js';
import { configProto } from './config-proto.js';
import { type Context, createContext } from './context.js';
import { declareGraphFunctions, type GraphFunctions } from './graph/graph-functions.js';

/** Where TensorFlow computes. On the CPU a tensor of one context can be used in the other. */
export interface Contexts {
  /** With all threads, and with the GPU where there is one. */
  readonly all: Context;
  /** With one thread, on the CPU; the same as `all` where that has no more. */
  readonly single: Context;
}

/** TensorFlow's library, ready to compute. */
export interface TensorFlow extends Contexts {
  /** The folder that it was loaded from. */
  readonly folder: string;
  /** As "2.21.0". */
  readonly version: string;
  /** Threads that compute on the CPU. */
  readonly threads: number;
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
    const all = createContext(c, configProto(threads));
    // The library's threads are its contexts': how many share an operation cannot be chosen otherwise, call by call.
    const single = threads === 1 || all.gpu ? all : createContext(c, configProto(1, false));
    return { folder, version: c.Version(), threads, all, single, graphs: declareGraphFunctions(library) };
  } catch (error) {
    throw new BackendError(`TensorFlow in ${folder} does not start: ${(error as Error).message}`, 'tensorflow', []);
  }
}
