import * as tf from '@tensorflow/tfjs-core';
import { broadcast, type Gradients } from './gradient.js';

/** The shape of a reduction's result with the reduced axes kept as axes of length 1. */
function keepDimsShape(shape: number[], axis: number | number[]): number[] {
  return tf.backend_util.expandShapeToKeepDim(
    shape.filter((_, i) => !tf.util.parseAxisParam(axis, shape).includes(i)),
    tf.util.parseAxisParam(axis, shape),
  );
}

/** Broadcasts the gradient of a reduction's result over the reduced axes. */
function broadcastOver(dy: tf.Tensor, shape: number[], axis: number | number[]): tf.Tensor {
  return broadcast(tf.reshape(dy, keepDimsShape(shape, axis)), shape);
}

/** Every position that holds the largest or smallest value gets the whole gradient, as in TensorFlow.js. */
const maxOrMin: Gradients[string] = {
  inputs: ['x'],
  output: true,
  gradFunc: (dy, [x, y], { reductionIndices, axis }) => ({
    x: () => {
      const kept = keepDimsShape(x.shape, reductionIndices ?? axis);
      return tf.mul(tf.reshape(dy, kept), tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32'));
    },
  }),
};

/** Gradients of reductions along axes. */
export const reductions: Gradients = {
  Cumsum: {
    inputs: ['x'],
    gradFunc: (dy, [x], { axis, exclusive, reverse }) => ({
      x: () => tf.cumsum(dy, tf.util.parseAxisParam(axis, x.shape)[0], exclusive, !reverse),
    }),
  },
  Max: maxOrMin,
  Mean: {
    overrides: true,
    inputs: ['x'],
    gradFunc: (dy, [x], { axis }) => {
      const count = tf.util.parseAxisParam(axis, x.shape).reduce((total, i) => total * x.shape[i], 1);
      return { x: () => broadcastOver(tf.div(dy, count), x.shape, axis) };
    },
  },
  Min: maxOrMin,
  Prod: {
    inputs: ['x'],
    gradFunc: (dy, [x], { axis }) => ({ x: () => tf.mul(broadcastOver(dy, x.shape, axis), productOfOthers(x, axis)) }),
  },
  Sum: {
    overrides: true,
    inputs: ['x'],
    gradFunc: (dy, [x], { axis }) => ({ x: () => broadcastOver(dy, x.shape, axis) }),
  },
};

/** For each element the product of all others along the axes. It does not divide, so zeros are safe. */
function productOfOthers(x: tf.Tensor, axis: number | number[]): tf.Tensor {
  const reduced = tf.util.parseAxisParam(axis, x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !reduced.includes(i));
  const order = [...kept, ...reduced];
  const rows = tf.reshape(tf.transpose(x, order), [
    kept.reduce((total, i) => total * (x.shape[i] as number), 1),
    reduced.reduce((total, i) => total * (x.shape[i] as number), 1),
  ]);
  const before = tf.cumprod(rows, 1, true);
  const after = tf.cumprod(rows, 1, true, true);
  const others = tf.reshape(
    tf.mul(before, after),
    order.map((i) => x.shape[i] as number),
  );
  return tf.transpose(
    others,
    order.map((_, i) => order.indexOf(i)),
  );
}
