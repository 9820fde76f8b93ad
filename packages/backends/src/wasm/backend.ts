import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { registerKernels } from './kernels.js';

/** WebAssembly: TensorFlow.js's inference backend with kernels of ours in the places where training needs them. */
export const wasm = {
  name: 'wasm' as const,
  summary: 'WebAssembly, the embedded default: arrives with npm alone',
  async open() {
    const { version_wasm, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    // Before setBackend, which prepares every kernel that is registered.
    registerKernels();
    await withoutProcessListeners(async () => {
      if (!(await tf.setBackend('wasm'))) {
        throw new BackendError('the wasm backend did not start on this machine', 'wasm', []);
      }
    });
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? ' with SIMD' : '';
    const threads = getThreadsCount();
    return {
      version: version_wasm,
      device: `CPU (WebAssembly${simd}, ${threads} thread${threads === 1 ? '' : 's'})`,
    };
  },
} satisfies Backend;

/**
 * Starting the module adds handlers that throw again whatever reaches them. They would turn an uncaught error of the
 * program into a page of minified source and exit code 7, so they are taken away.
 */
async function withoutProcessListeners(start: () => Promise<void>): Promise<void> {
  const before = {
    uncaughtException: process.listeners('uncaughtException'),
    unhandledRejection: process.listeners('unhandledRejection'),
  };
  try {
    await start();
  } finally {
    for (const listener of process.listeners('uncaughtException')) {
      if (!before.uncaughtException.includes(listener)) process.off('uncaughtException', listener);
    }
    for (const listener of process.listeners('unhandledRejection')) {
      if (!before.unhandledRejection.includes(listener)) process.off('unhandledRejection', listener);
    }
  }
}
