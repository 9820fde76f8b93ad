import * as tf from '@tensorflow/tfjs-core';

/** The tensor methods that TensorFlow.js's layers call: in the orthogonal initialiser and in the R² metric. */
const METHODS = {
  div: tf.div,
  flatten: (x: tf.Tensor) => tf.reshape(x, [x.size]),
  mean: tf.mean,
  reshape: tf.reshape,
  sign: tf.sign,
  square: tf.square,
  stridedSlice: tf.stridedSlice,
  sub: tf.sub,
  sum: tf.sum,
  transpose: tf.transpose,
};

/**
 * Adds these methods to tensors, so that `x.square()` is `square(x)`. TensorFlow.js's layers rely on them, but like the
 * gradients they come only with the union package `@tensorflow/tfjs`. Where that is loaded, its own methods stay.
 */
export function registerTensorMethods(): void {
  const prototype = tf.Tensor.prototype as unknown as Record<string, unknown>;
  for (const [name, operation] of Object.entries(METHODS)) {
    prototype[name] ??= function (this: tf.Tensor, ...rest: unknown[]) {
      return (operation as (...all: unknown[]) => tf.Tensor)(this, ...rest);
    };
  }
}
