// The steps that wasm-step.js and native-step.js time: TensorFlow.js's own and lrfind's.
import * as tf from '@tensorflow/tfjs-core';
import {
  lossFunction,
  lossNamed,
  resolveOptimizer,
  trainingStep,
  uploadDataset,
} from '../packages/finder/dist/internals.js';

/** @param {import('@tensorflow/tfjs-layers').Sequential} model @param {tf.Tensor} x @param {tf.Tensor} y */
export function eagerStep(model, x, y) {
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return () => model.trainOnBatch(x, y);
}

/**
 * lrfind's step, the gathering of the batch from the table included.
 *
 * @param {import('@tensorflow/tfjs-layers').Sequential} model @param {tf.Tensor} x @param {tf.Tensor} y
 * @param {number} steps how many to expect
 */
export function compiledStep(model, x, y, steps) {
  const step = lossStep(model, x, y, steps);
  return async () => {
    const loss = step.train();
    await loss.data();
    loss.dispose();
    if (step.notes().length > 0) throw new Error(step.notes().join());
  };
}

/**
 * The same step, whose loss stays on the device and is the caller's to dispose.
 *
 * @param {import('@tensorflow/tfjs-layers').Sequential} model @param {tf.Tensor} x @param {tf.Tensor} y
 * @param {number} steps how many to expect
 */
export function lossStep(model, x, y, steps) {
  const [rows = 0, ...shape] = x.shape;
  const step = trainingStep({
    model,
    dataset: uploadDataset({
      rows,
      inputs: [{ shape, values: /** @type {Float32Array} */ (x.dataSync()) }],
      targets: [{ shape: [10], values: /** @type {Float32Array} */ (y.dataSync()) }],
      notes: [],
    }),
    losses: [lossFunction(lossNamed('categoricalCrossentropy'))],
    rule: resolveOptimizer('adam').rule,
    rescaleVelocity: false,
    calls: steps,
  });
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  return { train: () => step.train(order, 1e-3), notes: () => step.notes, dispose: () => step.dispose() };
}
