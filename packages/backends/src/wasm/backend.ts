import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { findPackage } from '../find-package.js';
import { registerKernels } from './kernels.js';
import { wasmCompiler } from './plan/compile.js';
import { threadCount } from './thread-count.js';
import { startThreads } from './threads.js';

/** WebAssembly: TensorFlow.js's inference backend with kernels of ours in the places where training needs them. */
export const wasm: Backend = {
  name: 'wasm',
  summary: 'WebAssembly, the embedded default: comes with npm alone',
  corrects: true,
  find: () => findPackage('@tensorflow/tfjs-backend-wasm', 'CPU (WebAssembly)'),
  async open() {
    const count = threadCount();
    const { version_wasm, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    // Before setBackend, which prepares every kernel that is registered.
    registerKernels();
    // Two starts at once would each make a backend.
    starting ??= start(count).finally(() => {
      starting = undefined;
    });
    await starting;
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? ' with SIMD' : '';
    const threads = getThreadsCount();
    const why = whySingle.get(tf.backend());
    return {
      version: version_wasm,
      compiler: wasmCompiler,
      device: `CPU (WebAssembly${simd}, ${threads} thread${threads === 1 ? '' : 's'}${why ? `; ${why}` : ''})`,
    };
  },
};

type Start = () => KernelBackend | Promise<KernelBackend>;

let starting: Promise<void> | undefined;
/** The package's own way to start, with one thread. */
let packageStart: Start | undefined;
/** Why a backend computes with one thread where more were wanted, in words. */
const whySingle = new WeakMap<KernelBackend, string>();

/** Makes wasm the current backend. One that runs already may hold tensors, so it stays, whoever started it. */
async function start(count: number): Promise<void> {
  // The caller's own setBackend, perhaps not finished.
  if (tf.getBackend() === 'wasm') await tf.ready();
  if (!('wasm' in tf.engine().registry)) {
    packageStart ??= tf.findBackendFactory('wasm');
    if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
    tf.registerBackend('wasm', count > 1 ? () => startSeveral(count) : startSingle, PRIORITY);
  }
  if (!(await tf.setBackend('wasm'))) {
    throw new BackendError('the wasm backend did not start on this machine', 'wasm', []);
  }
}

/** The package's own: above `cpu`. */
const PRIORITY = 2;

async function startSeveral(count: number): Promise<KernelBackend> {
  try {
    return await startThreads(count);
  } catch (error) {
    const backend = await startSingle();
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    whySingle.set(backend, `${count} threads did not start: ${reason}`);
    return backend;
  }
}

/**
 * Starting the package's module adds handlers that throw again whatever reaches them. They would turn an uncaught error
 * of the program into a page of minified source and exit code 7, so they are taken away. And its way out takes
 * every handler along that the process had when it started, so it is replaced by what it does apart from that.
 */
async function startSingle(): Promise<KernelBackend> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  try {
    const backend = (await (packageStart as Start)()) as BackendWasm;
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
