import * as tf from '@tensorflow/tfjs-core';
import { type Gradients, repeated } from './gradient.js';

/** The shape of a reduction's result with the reduced axes kept, as 1. */
function keptShape(shape: number[], axis: number | number[]): number[] {
  return tf.backend_util.expandShapeToKeepDim(
    shape.filter((_, i) => !tf.util.parseAxisParam(axis, shape).includes(i)),
    tf.util.parseAxisParam(axis, shape),
  );
}

/** A slope of the reduced shape, repeated over the axes that were reduced. */
function spread(dy: tf.Tensor, shape: number[], axis: number | number[]): tf.Tensor {
  return repeated(tf.reshape(dy, keptShape(shape, axis)), shape);
}

/** Every position that holds the extreme gets the whole slope, as TensorFlow.js has it. */
const extreme: Gradients[string] = {
  inputs: ['x'],
  output: true,
  slopes: (dy, [x, y], { reductionIndices, axis }) => ({
    x: () => {
      const kept = keptShape(x.shape, reductionIndices ?? axis);
      return tf.mul(tf.reshape(dy, kept), tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32'));
    },
  }),
};

/** Reductions along axes. */
export const reductions: Gradients = {
  Cumsum: {
    inputs: ['x'],
    slopes: (dy, [x], { axis, exclusive, reverse }) => ({
      x: () => tf.cumsum(dy, tf.util.parseAxisParam(axis, x.shape)[0], exclusive, !reverse),
    }),
  },
  Max: extreme,
  Mean: {
    corrects: true,
    inputs: ['x'],
    slopes: (dy, [x], { axis }) => {
      const count = tf.util.parseAxisParam(axis, x.shape).reduce((total, i) => total * x.shape[i], 1);
      return { x: () => spread(tf.div(dy, count), x.shape, axis) };
    },
  },
  Min: extreme,
  Prod: {
    inputs: ['x'],
    slopes: (dy, [x], { axis }) => ({ x: () => tf.mul(spread(dy, x.shape, axis), productOfOthers(x, axis)) }),
  },
  Sum: { corrects: true, inputs: ['x'], slopes: (dy, [x], { axis }) => ({ x: () => spread(dy, x.shape, axis) }) },
};

/** For each element the product of all others along the axes; no division, so that a zero does no harm. */
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
