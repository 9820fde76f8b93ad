// A sweep that tells of its progress and that can be stopped.
//
//   node examples/events.js
import { findLearningRate, useBackend } from '@lrfind/finder';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

await useBackend();

// Is a point inside the unit circle? Arrays do as well as tensors.
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

// onStep is told every measured step, with plain values. The library itself prints nothing.
const run = await findLearningRate(model, data, {
  seeds: 3,
  onStep({ repetition, repetitions, step, steps, rate, loss }) {
    if (step % 50 !== 0) return;
    const shown = loss === null ? 'not finite' : loss.toFixed(3);
    console.log(
      `sweep ${repetition + 1} of ${repetitions}, step ${step} of ${steps}: rate ${rate.toExponential(1)}, loss ${shown}`,
    );
  },
});
console.log(`learning rate ${run.suggestion?.learningRate.toPrecision(2) ?? `none: ${run.reason}`}`);
for (const sentence of run.diagnosis) console.log(sentence);

// An AbortSignal stops the sweep: yours, AbortSignal.timeout(…), or one that Ctrl-C aborts, as here.
const controller = new AbortController();
process.once('SIGINT', () => controller.abort(new Error('interrupted')));

const before = await values();
try {
  await findLearningRate(model, data, {
    signal: controller.signal,
    // Stands in for an impatient user.
    onStep: ({ step }) => step === 60 && controller.abort(new Error('enough')),
  });
} catch (error) {
  // The promise is rejected with the reason that was given to abort().
  console.log(`stopped: ${/** @type {Error} */ (error).message}`);
}
const after = await values();
console.log(`the weights are ${before.every((value, i) => value === after[i]) ? 'as they were' : 'CHANGED'}`);

/** All weights of the model in one list. */
async function values() {
  const arrays = await Promise.all(model.getWeights().map((weight) => weight.data()));
  return arrays.flatMap((array) => [...array]);
}
