import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { env } from '@tensorflow/tfjs-core';
import { type PooledModule, reserveForLarge, shortenWaits } from './thread-pool.js';

const require = createRequire(import.meta.url);
const MODULE = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';

/** What is used of the module: the code goes in, its pool of workers is there as soon as it begins to start. */
interface ThreadedModule extends PooledModule {
  wasmBinary: Buffer;
  PThread: { unusedWorkers: Worker[] };
}

/*
 * TensorFlow.js ships a module with threads and never starts it in Node, whose `Worker` does not take the address of a
 * blob that it would be given. So it is started here. The module is a script that takes hold of its surroundings: it
 * puts Node's `Worker` among the globals and always makes 8, it listens to the process's uncaught errors, and it allows
 * half as many threads as the machine has processors. It runs in a scope in which it finds all of that, and nothing
 * outside is touched.
 */

/**
 * Starts a wasm backend that computes with several threads: the caller's and workers. They never keep the process
 * alive, and end when the backend is disposed of (`tf.removeBackend`).
 *
 * @param count the number of threads, at least 2
 * @throws Error when the machine lacks SIMD instructions, memory or workers, or the package is of an unknown version
 */
export async function startThreads(count: number): Promise<BackendWasm> {
  const { BackendWasm, setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('no SIMD instructions');
  const workers: Worker[] = [];
  try {
    while (workers.length < count - 1) workers.push(startWorker());
    await Promise.all(workers.map((worker) => once(worker, 'online')));
    const module = await startModule(count, workers);
    // The constructor sets the workers to work.
    setThreadsCount(count);
    const backend = new BackendWasm(module as unknown as BackendWasm['wasm']);
    reserveForLarge(module, count);
    for (const worker of workers) worker.unref();
    return backend;
  } catch (error) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw error;
  }
}

/** A worker that waits for the module to send it its program. */
function startWorker(): Worker {
  const { wasmWorkerContents } = require(`${MODULE}.worker.js`);
  // The published text stands for line breaks within strings by line breaks.
  const code = (wasmWorkerContents as string).replaceAll('\n', '\\n');
  // Without the program's flags and variables: what it preloads (`--import`) is not meant for these workers.
  return new Worker(code, { eval: true, execArgv: [], env: {}, name: 'wasm' });
}

/** Runs the module's script with the workers given, up to the point where it can compute. */
async function startModule(count: number, workers: readonly Worker[]): Promise<ThreadedModule> {
  const path = require.resolve(`${MODULE}.js`);
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
  const code = readFileSync(require.resolve(`${MODULE}.wasm`));
  shortenWaits(code);
  const module = { wasmBinary: code } as unknown as ThreadedModule;
  const started = (script.exports as (module: object) => Promise<unknown>)(module);
  // In place of the 8 that it has made of the empty class above. A copy, because it takes from the list what it uses.
  module.PThread.unusedWorkers = [...workers];
  await started;
  // The names under which the package's own start makes them known to the backend.
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
