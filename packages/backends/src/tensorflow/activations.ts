import * as tf from '@tensorflow/tfjs-core';
import { type KernelCall, stock } from './stock.js';

/** The sign; that of NaN is 0 in TensorFlow.js. */
export function sign({ inputs: { x }, backend }: KernelCall): tf.Tensor {
  if (x.dtype !== 'float32') return stock('Sign', backend, { x });
  return tf.tidy(() => tf.where(tf.isNaN(x), tf.zerosLike(x), stock('Sign', backend, { x })));
}

/** x, times alpha below zero. tfjs-node's calls methods of tensors that only the union package has. */
export function prelu({ inputs: { x, alpha } }: KernelCall<'x' | 'alpha'>): tf.Tensor {
  return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))));
}
