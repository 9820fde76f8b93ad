import { availableParallelism } from 'node:os';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { BackendError } from '../../backend-error.js';
import { threadSetting } from '../../thread-setting.js';
import type { BackendFactory, WasmPlatform } from '../../wasm/backend.js';
import { startThreads, type ThreadLimit } from './threads.js';

/** The module computes with at most this many threads. */
const MAX_THREADS = 8;

/** Why a backend has one thread although more were requested. */
const threadNotes = new WeakMap<KernelBackend, string>();

/** Limits the threads of the backends that have some. */
const limits = new WeakMap<KernelBackend, ThreadLimit>();

/**
 * Node, where TensorFlow.js's package starts with one thread only. This starts as many as `LRFIND_THREADS` says, by
 * default one for each processor, at most 8. Results do not depend on the number of threads, bit for bit.
 */
export const nodePlatform: WasmPlatform = {
  configure({ wasmPaths, mostThreads = 1 }) {
    if (wasmPaths !== undefined)
      throw new BackendError('wasmPaths must be left out outside of a page, where the package finds its files', 'wasm');
    const { LRFIND_THREADS } = process.env;
    const threads = threadSetting(LRFIND_THREADS, 'wasm', MAX_THREADS) ?? Math.min(availableParallelism(), MAX_THREADS);
    const most = Math.min(Math.max(threads, mostThreads), MAX_THREADS);
    return (packageFactory) =>
      most > 1 ? () => startSeveral(threads, most, packageFactory) : () => startSingle(packageFactory);
  },
  threadNote: (backend) => threadNotes.get(backend),
  limitThreads: (backend, threads) => limits.get(backend)?.(threads),
};

async function startSeveral(threads: number, most: number, packageFactory: BackendFactory): Promise<KernelBackend> {
  try {
    const { backend, limit } = await startThreads(threads, most);
    limits.set(backend, limit);
    return backend;
  } catch (error) {
    const backend = await startSingle(packageFactory);
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    threadNotes.set(backend, `${most} threads did not start: ${reason}`);
    return backend;
  }
}

/**
 * Starts TensorFlow.js's own module. It adds handlers of uncaught errors that throw them again, which would turn an
 * uncaught error of the program into a page of minified source and exit code 7; they are removed here. And its
 * `dispose` removes every handler that the process had when the module started; the replacement frees the module's
 * memory only.
 */
async function startSingle(packageFactory: BackendFactory): Promise<KernelBackend> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  try {
    const backend = (await packageFactory()) as BackendWasm;
    const { tfjs, asm } = backend.wasm as unknown as { tfjs: { dispose(): void }; asm: { dispose(): void } };
    tfjs.dispose = asm.dispose;
    return backend;
  } finally {
    for (const [i, event] of events.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]?.includes(listener)) process.off(event, listener);
      }
    }
  }
}
