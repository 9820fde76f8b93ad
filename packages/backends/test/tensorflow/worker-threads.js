// Computes on TensorFlow in four threads, one after the other, and prints how many threads the process has after each; for exit.test.ts.
import { readdirSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../dist/node/index.js';

await useBackend('tensorflow');
const [sum] = tf.sum(tf.matMul(tf.ones([20, 30]), tf.ones([30, 20]))).dataSync();
if (isMainThread) {
  const threads = [];
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => new Worker(new URL(import.meta.url)).once('exit', resolve));
    threads.push(readdirSync('/proc/self/task').length);
  }
  console.log(JSON.stringify(threads));
} else if (sum !== 12000) throw new Error(`a worker computed ${sum}`);
