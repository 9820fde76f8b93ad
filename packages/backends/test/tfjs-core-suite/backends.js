import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../dist/index.js';

/**
 * Whom the suite can be run on, and how each is made the current backend.
 *
 * @type {Record<string, () => Promise<unknown>>}
 */
export const BACKENDS = {
  wasm: () => useBackend('wasm'),
  tensorflow: () => useBackend('tensorflow'),
  cpu: () => useBackend('cpu'),
  // As it comes from npm, to compare with: it has no list of known failures.
  'stock-wasm': async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
  },
};
