// Terminates a thread that computes on TensorFlow, and ends; for exit.test.ts.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../dist/node/index.js';

await useBackend('tensorflow');
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.once('message', async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await worker.terminate();
    const ending = performance.now();
    process.on('exit', () => console.log(performance.now() - ending < 3000 ? 'at once' : 'late'));
  });
} else {
  const ones = tf.ones([600, 600]);
  parentPort?.postMessage('computes');
  for (;;) tf.dispose(tf.matMul(ones, ones));
}
