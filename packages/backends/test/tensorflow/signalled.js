// Multiplies matrices with the built package for a second, during which signals may arrive; for exit.test.ts.
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../dist/node/index.js';

process.on('SIGWINCH', () => {});
await useBackend('tensorflow');
// A size for which oneDNN runs the code that a signal would disturb.
const matrix = tf.ones([256, 256]);
console.log('ready');
const end = performance.now() + 1000;
while (performance.now() < end) {
  const product = tf.matMul(matrix, matrix);
  if (product.dataSync()[0] !== 256) throw new Error('a wrong product');
  product.dispose();
}
