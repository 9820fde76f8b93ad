import * as tf from '@tensorflow/tfjs-core';

/** The methods of tensors that TensorFlow.js's layers call: in the orthogonal initialiser and in the R² metric. */
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
 * Lets those be called as methods, `x.square()` for `square(x)`. The layers take them for granted, but like the gradients
 * they are only bundled with the union package; where that is loaded, its own stay.
 */
export function registerTensorMethods(): void {
  const prototype = tf.Tensor.prototype as unknown as Record<string, unknown>;
  for (const [name, operation] of Object.entries(METHODS)) {
    prototype[name] ??= function (this: tf.Tensor, ...rest: unknown[]) {
      return (operation as (...all: unknown[]) => tf.Tensor)(this, ...rest);
    };
  }
}
