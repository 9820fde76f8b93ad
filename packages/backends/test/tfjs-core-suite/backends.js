import * as tf from '@tensorflow/tfjs-core';
import '../support/software-gpu.js';
import { useBackend } from '../../dist/node/index.js';

/**
 * The backends that the suite can run on, and how to make each the current one.
 *
 * @type {Record<string, () => Promise<unknown>>}
 */
export const BACKENDS = {
  wasm: () => useBackend('wasm'),
  tensorflow: () => useBackend('tensorflow'),
  cpu: () => useBackend('cpu'),
  webgpu: () => useBackend('webgpu'),
  // TensorFlow.js's own, for comparison. It has no list of known failures.
  'tfjs-wasm': async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
  },
};
