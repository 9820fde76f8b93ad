// Watch a search, and stop it.
//
//   node examples/events.js

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { findLearningRate, useBackend } from 'lrfind';

await useBackend();

// Is a point inside the unit circle? Data may be arrays or tensors.
const points = Array.from({ length: 512 }, (_, i) => [1.4 * Math.sin(12.9 * i), 1.4 * Math.cos(7.7 * i)]);
const inside = points.map(([x = 0, y = 0]) => (x * x + y * y < 1 ? 1 : 0));
const data = { xs: points, ys: inside };

const model = sequential({
  layers: [
    layers.dense({ units: 16, activation: 'relu', inputShape: [2] }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ],
});
model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'binaryCrossentropy' });

// lrfind calls onStep after every measured step, with plain values. The library itself prints nothing.
const result = await findLearningRate(model, data, {
  repeats: 3,
  onStep({ repeat, repeats, step, steps, rate, loss }) {
    if (step % 50 !== 0) return;
    const shown = loss === null ? 'not finite' : loss.toFixed(3);
    console.log(
      `sweep ${repeat + 1} of ${repeats}, step ${step} of ${steps}: rate ${rate.toExponential(1)}, loss ${shown}`,
    );
  },
});
console.log(`learning rate ${result.suggestion?.learningRate.toPrecision(2) ?? `none: ${result.reason}`}`);
for (const sentence of result.diagnosis) console.log(sentence);

// An AbortSignal stops the search: your own, AbortSignal.timeout(…), or one for Ctrl-C as here.
const controller = new AbortController();
process.once('SIGINT', () => controller.abort(new Error('interrupted')));

const before = await values();
try {
  await findLearningRate(model, data, {
    signal: controller.signal,
    // In place of a user who presses Ctrl-C.
    onStep: ({ step }) => step === 60 && controller.abort(new Error('enough')),
  });
} catch (error) {
  // The promise is rejected with the reason given to abort().
  console.log(`stopped: ${/** @type {Error} */ (error).message}`);
}
const after = await values();
console.log(`the weights are ${before.every((value, i) => value === after[i]) ? 'as they were' : 'CHANGED'}`);

/** All weights of the model in one list. */
async function values() {
  const arrays = await Promise.all(model.getWeights().map((weight) => weight.data()));
  return arrays.flatMap((array) => [...array]);
}
