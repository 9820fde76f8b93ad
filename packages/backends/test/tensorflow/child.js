// Computes on TensorFlow with the built package, then ends as its argument says; for exit.test.ts.
import { isMainThread, Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../dist/node/index.js';

/** @type {Record<string, () => void>} */
const ENDINGS = {
  'by itself': () => {},
  'by process.exit(3)': () => process.exit(3),
  'by process.exitCode': () => {
    process.exitCode = 7;
  },
  'by an uncaught error': () => {
    setTimeout(() => {
      throw new Error('uncaught');
    });
  },
  'by an unhandled rejection': () => {
    Promise.reject(new Error('unhandled'));
  },
  "by TensorFlow's error": () => {
    const inputs = { a: tf.ones([2, 3]), b: tf.ones([2, 3]) };
    tf.engine().runKernel('BatchMatMul', inputs, { transposeA: false, transposeB: false });
  },
  'by SIGINT': () => endBy('SIGINT'),
  'by SIGTERM': () => endBy('SIGTERM'),
  'after a worker thread computed too': () => {
    new Worker(new URL(import.meta.url));
  },
};

await useBackend('tensorflow');
const [sum] = tf.sum(tf.matMul(tf.ones([20, 30]), tf.ones([30, 20]))).dataSync();
if (isMainThread) {
  console.log(sum);
  ENDINGS[/** @type {string} */ (process.argv[2])]?.();
} else if (sum !== 12000) throw new Error(`a worker computed ${sum}`);

/** @param {NodeJS.Signals} signal */
function endBy(signal) {
  process.kill(process.pid, signal);
  // The signal comes a little later.
  setTimeout(() => {}, 10_000);
}
