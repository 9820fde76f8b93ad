import * as tf from '@tensorflow/tfjs-core';
import { javaScriptKernel } from '../kernels/javascript-kernel.js';
import { type KernelCall, runTfjsKernel } from './tfjs-kernel.js';

/** Rounding. TensorFlow returns zeros for integers, which need no rounding. */
export function round({ inputs: { x }, backend }: KernelCall): tf.TensorInfo {
  if (x.dtype !== 'int32') return runTfjsKernel('Round', backend, { x });
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/** The sign. TensorFlow.js defines that of NaN as 0. */
export function sign({ inputs: { x }, backend }: KernelCall): tf.Tensor {
  if (x.dtype !== 'float32') return runTfjsKernel('Sign', backend, { x });
  return tf.tidy(() => tf.where(tf.isNaN(x), tf.zerosLike(x), runTfjsKernel('Sign', backend, { x })));
}

/** x, or alpha · x below 0. tfjs-node's kernel calls tensor methods that only the union package has. */
export function prelu({ inputs: { x, alpha } }: KernelCall<'x' | 'alpha'>): tf.Tensor {
  return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))));
}

/**
 * A kernel that does not support one type, for which its input is cast. Where tfjs-node's kernel casts itself, it
 * disposes the input, or calls tensor methods that only the union package has.
 *
 * @param from the type that the kernel does not support
 * @param to the type to cast to
 * @param result whether the result is cast back to `from`
 */
export function withCast(name: string, from: tf.DataType, to: 'float32' | 'int32', result: 'cast back' | 'kept') {
  return ({ inputs: { x }, backend, attrs }: KernelCall): tf.Tensor => {
    if (x.dtype !== from) return runTfjsKernel(name, backend, { x }, attrs);
    return tf.tidy(() => {
      const y = runTfjsKernel(name, backend, { x: tf.cast(x, to) }, attrs);
      return result === 'cast back' ? tf.cast(y, from) : y;
    });
  };
}

/** A comparison. TensorFlow cannot compare strings by order. */
export function comparison(name: string) {
  const compareStrings = javaScriptKernel(name);
  return (call: KernelCall<'a' | 'b'>): tf.TensorInfo =>
    call.inputs.a.dtype === 'string'
      ? (compareStrings(call as Parameters<typeof compareStrings>[0]) as tf.TensorInfo)
      : runTfjsKernel(name, call.backend, call.inputs, call.attrs);
}
