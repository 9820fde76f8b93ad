import * as tf from '@tensorflow/tfjs-core';
import { type KernelCall, stock } from './stock.js';

/** Scatters rows; a list of indices is a list of places along the first axis, for TensorFlow a single place. */
export function scatterNd({ inputs, backend, attrs }: KernelCall<'indices' | 'updates'>): tf.Tensor {
  const { indices, updates } = inputs;
  if (indices.rank > 1) return stock('ScatterNd', backend, inputs, attrs);
  return tf.tidy(() => stock('ScatterNd', backend, { indices: tf.reshape(indices, [-1, 1]), updates }, attrs));
}
