import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { env } from '@tensorflow/tfjs-core';
import { wasmMemory } from '../../wasm/memory.js';
import { setKernelThreads } from '../../wasm/parallel.js';
import { WorkerThreads } from './kernel-threads.js';
import { limitPoolToLargeKernels, type PooledModule, shortenSpinWaits } from './thread-pool.js';

const require = createRequire(import.meta.url);
const MODULE_PATH = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';

/** The members of the Emscripten module that are used here. */
interface ThreadedModule extends PooledModule {
  /** The code; set before the module starts. */
  wasmBinary: Buffer;
  /** The pool of workers, which the module makes at the beginning of its start. */
  PThread: { unusedWorkers: Worker[] };
}

/*
 * TensorFlow.js ships a module with threads, but never starts it in Node, whose `Worker` rejects the blob URL that the
 * package would pass. So it is started here. The module is a script with side effects: it makes Node's `Worker` a
 * global and always creates 8, handles the uncaught errors of the process, and allows half as many threads as the
 * machine has processors. Here it runs with its own `Worker`, `process`, `global` and `require`, so that nothing
 * outside changes.
 */

/** Lets a backend compute with at most so many threads, the caller's among them. */
export type ThreadLimit = (threads: number) => void;

/**
 * Starts a wasm backend with several threads: the caller's and workers. The workers never keep the process alive, and
 * end when the backend is disposed (`tf.removeBackend`).
 *
 * @param count the number of threads
 * @param most the number that they may be raised to later. With one thread at first, kernels of TensorFlow.js stay on it
 * @throws Error when the machine lacks SIMD instructions, memory or workers, or the package has an unknown version
 */
export async function startThreads(count: number, most: number): Promise<{ backend: BackendWasm; limit: ThreadLimit }> {
  const { BackendWasm, setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('no SIMD instructions');
  const workers: Worker[] = [];
  const listening = new AbortController();
  try {
    while (workers.length < count - 1) workers.push(startWorker(listening.signal));
    // A worker whose program fails never answers, and the module would wait for it for ever.
    const failed = Promise.race(workers.map((worker) => firstFailure(worker, listening.signal)));
    failed.catch(() => {});
    await Promise.all(workers.map((worker) => once(worker, 'online')));
    const module = await Promise.race([startModule(count, workers), failed]);
    // The constructor starts the pool.
    setThreadsCount(count);
    const backend = new BackendWasm(module as unknown as BackendWasm['wasm']);
    const pool = limitPoolToLargeKernels(module, count);
    for (const worker of workers) worker.unref();
    const { memory } = wasmMemory(backend);
    const kernels = new WorkerThreads(memory, most);
    kernels.limit(count);
    setKernelThreads(memory, kernels);
    const { dispose } = module.tfjs as unknown as { dispose(): void };
    module.tfjs.dispose = () => {
      kernels.end();
      dispose();
    };
    const limit = (threads: number) => {
      // The module's own pool has no smaller number.
      pool(threads >= count);
      kernels.limit(threads);
    };
    return { backend, limit };
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw error;
  } finally {
    listening.abort();
  }
}

/** Rejects with what ends a worker; pending while nothing does. */
async function firstFailure(worker: Worker, signal: AbortSignal): Promise<never> {
  // `once` rejects for an event `error`, and when the signal is aborted.
  await once(worker, 'exit', { signal });
  throw new Error('a worker has ended');
}

/**
 * A worker that waits for the module to send it its program.
 *
 * @param started aborted once the start has ended; the module's own handler of errors, which ends the process, is used from then on
 */
function startWorker(started: AbortSignal): Worker {
  const { wasmWorkerContents } = require(`${MODULE_PATH}.worker.js`);
  // In the published text, line breaks within strings are not escaped. It sets a global that nothing reads, and that is read-only in Deno.
  const code = (wasmWorkerContents as string).replaceAll('\n', '\\n').replace('location:{href:__filename},', '');
  // Without the flags and environment of the process: modules that it preloads (`--import`) are not for these workers.
  const worker = new Worker(code, { eval: true, execArgv: [], env: {}, name: 'wasm' });
  let onerror = (_: unknown) => {};
  return Object.defineProperty(worker, 'onerror', {
    get: () => (started.aborted ? onerror : () => {}),
    set(handler) {
      onerror = handler;
    },
  });
}

/** Stands for a worker that has loaded its program: the module would wait for ever where it has none, and never uses this one. */
function loadedWorker(): Worker {
  const worker = {
    onmessage(_: unknown) {},
    postMessage() {
      queueMicrotask(() => worker.onmessage({ data: { cmd: 'loaded' } }));
    },
    on() {},
    unref() {},
    terminate() {},
  };
  return worker as unknown as Worker;
}

/** Runs the module's script with these workers and waits until it can compute. */
async function startModule(count: number, workers: readonly Worker[]): Promise<ThreadedModule> {
  const path = require.resolve(`${MODULE_PATH}.js`);
  const script = { exports: undefined as unknown };
  const scope = {
    module: script,
    exports: {},
    __filename: path,
    __dirname: dirname(path),
    require: (name: string) => (name === 'os' ? { cpus: () => ({ length: 2 * count }) } : require(name)),
    process: Object.assign(Object.create(process), { on() {}, removeListener() {}, listeners: () => [] }),
    global: {},
    Worker: class {},
  };
  compileFunction(readFileSync(path, 'utf8'), Object.keys(scope), { filename: path })(...Object.values(scope));
  const code = readFileSync(require.resolve(`${MODULE_PATH}.wasm`));
  shortenSpinWaits(code);
  const module = { wasmBinary: code } as unknown as ThreadedModule;
  const started = (script.exports as (module: object) => Promise<unknown>)(module);
  // Replaces the 8 that it has made of the empty class above. A copy, because the module removes workers from the list.
  module.PThread.unusedWorkers = workers.length > 0 ? [...workers] : [loadedWorker()];
  await started;
  // The names that the backend expects; TensorFlow.js's own start sets them too.
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []) as () => number,
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  return module;
}
