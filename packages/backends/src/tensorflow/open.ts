import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import { BackendError } from '../backend-error.js';
import { declareFunctions } from './c-functions.js';
import { loadLibrary } from './c-library.js';
import { configProto } from './config-proto.js';
import { type Context, createContext } from './context.js';
import { declareGraphFunctions, type GraphFunctions } from './graph/graph-functions.js';

/** The contexts in which TensorFlow computes. On the CPU a tensor of one can be used in the other. */
export interface Contexts {
  /** With all threads, and with the GPU where there is one. */
  readonly all: Context;
  /** With one thread, on the CPU. The same as `all` where that has one thread or a GPU. */
  readonly single: Context;
}

/** TensorFlow's library, ready to compute. */
export interface TensorFlow extends Contexts {
  /** The folder that it was loaded from. */
  readonly folder: string;
  /** Such as `2.21.0`. */
  readonly version: string;
  /** Number of threads that compute on the CPU. */
  readonly threads: number;
  readonly graphs: GraphFunctions;
}

let opened: TensorFlow | undefined;

/**
 * Loads TensorFlow's C library, once per process.
 *
 * @param folder the folder that holds `libtensorflow_cc` and `libtensorflow_framework`
 * @param threads number of threads that compute on the CPU; by default as many as the process may use
 * @throws BackendError when it cannot be loaded, or another one is loaded already
 */
export function openTensorFlow(folder: string, threads = availableParallelism()): TensorFlow {
  if (opened && opened.folder !== folder) {
    throw new BackendError(`TensorFlow is already loaded from ${opened.folder}`, 'tensorflow');
  }
  opened ??= open(folder, threads);
  return opened;
}

function open(folder: string, threads: number): TensorFlow {
  const library = loadLibrary(folder);
  try {
    const c = declareFunctions(library);
    const all = createContext(c, configProto(threads));
    // A context has its own threads. Two contexts are the only way to choose the number of threads for each call.
    const single = threads === 1 || all.gpu ? all : createContext(c, configProto(1, false));
    return { folder, version: c.Version(), threads, all, single, graphs: declareGraphFunctions(library) };
  } catch (error) {
    throw new BackendError(`TensorFlow in ${folder} does not start: ${(error as Error).message}`, 'tensorflow');
  }
}

/**
 * The name of the first GPU that this process may use, such as `NVIDIA A100-SXM4-40GB`. TensorFlow's C API does not
 * provide it, so it comes from the driver, which TensorFlow has loaded and initialised.
 */
export function gpuName(): string {
  const driver = koffi.load('libcuda.so.1');
  const device = new Int32Array(1);
  driver.func('int cuDeviceGet(void *device, int ordinal)')(device, 0);
  const name = Buffer.alloc(256);
  const result: number = driver.func('int cuDeviceGetName(void *name, int length, int device)')(name, 255, device[0]);
  return result === 0 ? name.toString('utf8', 0, name.indexOf(0)) : 'CUDA';
}
