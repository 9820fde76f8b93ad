import * as tf from '@tensorflow/tfjs-core';
import { asFloat, type Gradients, unbroadcast } from './gradient.js';

type Binary = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** A function of two tensors that may repeat each other: its slope with respect to each, before summing repeats. */
function binary(da: Binary, db: Binary) {
  return {
    inputs: ['a', 'b'],
    slopes: (dy: tf.Tensor, [a, b]: [tf.Tensor, tf.Tensor]) => {
      const back = (slope: Binary, { shape }: tf.Tensor) => {
        const own = slope(dy, asFloat(a), asFloat(b));
        return own !== dy && tf.util.arraysEqual(own.shape, shape) ? own : unbroadcast(own, shape);
      };
      return { a: () => back(da, a), b: () => back(db, b) };
    },
  } as Gradients[string];
}

/** Sums, products and choices of two tensors. */
export const arithmetic: Gradients = {
  Add: binary(
    (dy) => dy,
    (dy) => dy,
  ),
  AddN: { inputs: 'all', slopes: (dy, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => tf.clone(dy)])) },
  Atan2: binary(
    (dy, a, b) => tf.mul(dy, tf.div(b, tf.add(tf.square(a), tf.square(b)))),
    (dy, a, b) => tf.neg(tf.mul(dy, tf.div(a, tf.add(tf.square(a), tf.square(b))))),
  ),
  FloorDiv: binary(
    (dy) => tf.zerosLike(dy),
    (dy) => tf.zerosLike(dy),
  ),
  // Where both are equal the slope belongs to the first, so that it is counted once.
  Maximum: binary(
    (dy, a, b) => tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')),
    (dy, a, b) => tf.mul(dy, tf.cast(tf.less(a, b), 'float32')),
  ),
  Minimum: binary(
    (dy, a, b) => tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')),
    (dy, a, b) => tf.mul(dy, tf.cast(tf.greater(a, b), 'float32')),
  ),
  Mod: binary(
    (dy) => dy,
    (dy, a, b) => tf.neg(tf.mul(dy, tf.floor(tf.div(a, b)))),
  ),
  Multiply: {
    corrects: true,
    ...binary(
      (dy, _a, b) => tf.mul(dy, b),
      (dy, a) => tf.mul(dy, a),
    ),
  },
  Pow: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    // log a is only meant for positive bases; elsewhere the power is no function of its exponent.
    (dy, a, b) => tf.mul(dy, tf.mul(tf.pow(a, b), tf.where(tf.greater(a, 0), tf.log(tf.relu(a)), tf.zerosLike(a)))),
  ),
  RealDiv: binary(
    (dy, _a, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ),
  SquaredDifference: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  Sub: binary(
    (dy) => dy,
    (dy) => tf.neg(dy),
  ),
};
