import { counted } from '@lrfind/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, type BackendOptions, foundWithNpm } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { registerKernels } from './kernels.js';
import { guardMemory } from './memory.js';
import { wasmCompiler } from './plan/compile.js';

/** Makes the backend that TensorFlow.js then uses. */
export type BackendFactory = () => KernelBackend | Promise<KernelBackend>;

/** What the wasm backend needs from the platform that it runs on. */
export interface WasmPlatform {
  /**
   * Reads the platform's settings whenever the backend is opened.
   *
   * @param options of the caller
   * @returns wraps the factory of TensorFlow.js's package into one for this platform
   * @throws BackendError for a setting that is not allowed
   */
  configure(options: BackendOptions): MaybePromise<(packageFactory: BackendFactory) => BackendFactory>;
  /** Why a backend has fewer threads than requested, in words; undefined where it has as many. */
  threadNote(backend: KernelBackend): string | undefined;
  /** Lets the kernels of a backend use at most so many threads, the caller's among them. */
  limitThreads(backend: KernelBackend, threads: number): void;
}

type MaybePromise<Value> = Value | Promise<Value>;

/** TensorFlow.js's package starts itself until an entry point says what its platform needs. */
let platform: WasmPlatform = {
  configure: () => (packageFactory) => packageFactory,
  threadNote: () => undefined,
  limitThreads: () => {},
};

/** Says what the platform needs. */
export function setWasmPlatform(current: WasmPlatform): void {
  platform = current;
}

/** WebAssembly: TensorFlow.js's inference backend, with lrfind's kernels where training needs others. */
export const wasm: Backend = {
  name: 'wasm',
  summary: 'WebAssembly, the embedded default: comes with npm alone',
  corrects: true,
  npmPackage: '@tensorflow/tfjs-backend-wasm',
  find: () => foundWithNpm('CPU (WebAssembly)'),
  async open(options) {
    const wrapFactory = await platform.configure(options);
    const { version_wasm, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    // Before setBackend, which sets up every registered kernel.
    registerKernels();
    // Two starts at the same time would each make a backend.
    starting ??= start(wrapFactory).finally(() => {
      starting = undefined;
    });
    await starting;
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? ' with SIMD' : '';
    const note = platform.threadNote(tf.backend());
    return {
      version: version_wasm,
      compiler: wasmCompiler,
      useThreads: (threads) => platform.limitThreads(tf.findBackend('wasm'), threads),
      device: `CPU (WebAssembly${simd}, ${counted(getThreadsCount(), 'thread')}${note ? `; ${note}` : ''})`,
    };
  },
};

let starting: Promise<void> | undefined;
let packageFactory: BackendFactory | undefined;

/** As in TensorFlow.js's package: above `cpu`. */
const PRIORITY = 2;

/** Makes wasm the current backend. One that already runs may hold tensors, so it stays, whoever started it. */
async function start(wrapFactory: (packageFactory: BackendFactory) => BackendFactory): Promise<void> {
  // The caller's own setBackend may not have finished.
  if (tf.getBackend() === 'wasm') await tf.ready();
  if (!('wasm' in tf.engine().registry)) {
    packageFactory ??= tf.findBackendFactory('wasm');
    if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
    tf.registerBackend('wasm', wrapFactory(packageFactory), PRIORITY);
  }
  if (!(await tf.setBackend('wasm'))) {
    throw new BackendError('the wasm backend did not start on this machine', 'wasm');
  }
  guardMemory(tf.backend() as BackendWasm);
}
