// Computes with the built package on several threads, then ends as its argument says; for threads-exit.test.ts.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { isMainThread, Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';

const ending = process.argv[2];
if (ending === 'where no worker can be made') {
  createRequire(import.meta.url)('node:worker_threads').Worker = class {
    constructor() {
      throw new Error('no more threads\nfor you');
    }
  };
  syncBuiltinESMExports();
}
if (ending === 'where the program of a worker fails') {
  // As in Deno, where the published program fails at its first message.
  createRequire(import.meta.url)('node:worker_threads').Worker = class extends Worker {
    /** @param {string} _ @param {import('node:worker_threads').WorkerOptions} options */
    constructor(_, options) {
      super(
        "require('node:worker_threads').parentPort.on('message', () => { throw new Error('no location\\nhere'); })",
        options,
      );
    }
  };
  syncBuiltinESMExports();
}
const { useBackend } = await import('../../../dist/node/index.js');
const { device } = await useBackend('wasm');
const [sum] = tf.sum(tf.matMul(tf.ones([200, 300]), tf.ones([300, 200]))).dataSync();
if (sum !== 12_000_000) throw new Error(`the sum is ${sum}`);

/** @type {Record<string, () => void>} */
const ENDINGS = {
  'by process.exit(3)': () => process.exit(3),
  'by an uncaught error': () => {
    setTimeout(() => {
      throw new Error('uncaught');
    });
  },
  'by an unhandled rejection': () => {
    Promise.reject(new Error('unhandled'));
  },
  'by SIGINT': () => endBy('SIGINT'),
  'by SIGTERM': () => endBy('SIGTERM'),
  'after tf.removeBackend': () => tf.removeBackend('wasm'),
  'after a worker thread computed too': () => {
    new Worker(new URL(import.meta.url));
  },
};

if (isMainThread) {
  console.log(device);
  ENDINGS[/** @type {string} */ (ending)]?.();
}

/** @param {NodeJS.Signals} signal */
function endBy(signal) {
  process.kill(process.pid, signal);
  setInterval(() => {}, 1000);
}
