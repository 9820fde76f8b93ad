import * as tf from '@tensorflow/tfjs-core';
import { asFloat, type Gradients, unbroadcast } from './gradient.js';

type BinaryGradient = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/**
 * The gradient of a function of two tensors that are broadcast together.
 *
 * @param da the gradient with respect to the first, in the broadcast shape
 * @param db the same for the second
 */
function binary(da: BinaryGradient, db: BinaryGradient) {
  return {
    inputs: ['a', 'b'],
    gradFunc: (dy: tf.Tensor, [a, b]: [tf.Tensor, tf.Tensor]) => {
      const toShapeOf = ({ shape }: tf.Tensor, compute: BinaryGradient) => {
        const gradient = compute(dy, asFloat(a), asFloat(b));
        return gradient !== dy && tf.util.arraysEqual(gradient.shape, shape) ? gradient : unbroadcast(gradient, shape);
      };
      return { a: () => toShapeOf(a, da), b: () => toShapeOf(b, db) };
    },
  } as Gradients[string];
}

/** Gradients of arithmetic, and of the maximum and minimum, of two tensors. */
export const arithmetic: Gradients = {
  Add: binary(
    (dy) => dy,
    (dy) => dy,
  ),
  AddN: { inputs: 'all', gradFunc: (dy, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => tf.clone(dy)])) },
  Atan2: binary(
    (dy, a, b) => tf.mul(dy, tf.div(b, tf.add(tf.square(a), tf.square(b)))),
    (dy, a, b) => tf.neg(tf.mul(dy, tf.div(a, tf.add(tf.square(a), tf.square(b))))),
  ),
  FloorDiv: binary(
    (dy) => tf.zerosLike(dy),
    (dy) => tf.zerosLike(dy),
  ),
  // Where both are equal the gradient goes to the first alone, so that it is counted once.
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
    overrides: true,
    ...binary(
      (dy, _a, b) => tf.mul(dy, b),
      (dy, a) => tf.mul(dy, a),
    ),
  },
  Pow: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    // Only a positive base has a derivative with respect to the exponent, log a · aᵇ.
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
