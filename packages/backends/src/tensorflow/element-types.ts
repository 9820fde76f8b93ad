import * as tf from '@tensorflow/tfjs-core';
import { viaJavaScript } from '../wasm/javascript.js';
import { type KernelCall, stock } from './stock.js';

/** Rounding; TensorFlow's gives zeros for whole numbers, which are rounded already. */
export function round({ inputs: { x }, backend }: KernelCall): tf.TensorInfo {
  if (x.dtype !== 'int32') return stock('Round', backend, { x });
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/**
 * A kernel that knows one type of numbers; others are converted to it. tfjs-node's own conversion, where there is one,
 * disposes of the input or needs methods of tensors that only the union package has.
 *
 * @param from the type that it does not know
 * @param to the type that it computes in
 * @param back whether the result is converted back
 */
export function converted(name: string, from: tf.DataType, to: 'float32' | 'int32', back: 'back' | 'kept') {
  return ({ inputs: { x }, backend, attrs }: KernelCall): tf.Tensor => {
    if (x.dtype !== from) return stock(name, backend, { x }, attrs);
    return tf.tidy(() => {
      const result = stock(name, backend, { x: tf.cast(x, to) }, attrs);
      return back === 'back' ? tf.cast(result, from) : result;
    });
  };
}

/** A comparison; TensorFlow has no order of strings. */
export function comparison(name: string) {
  const ofStrings = viaJavaScript(name);
  return (call: KernelCall<'a' | 'b'>): tf.TensorInfo =>
    call.inputs.a.dtype === 'string'
      ? (ofStrings(call as Parameters<typeof ofStrings>[0]) as tf.TensorInfo)
      : stock(name, call.backend, call.inputs, call.attrs);
}
