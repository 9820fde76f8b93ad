import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelCall, reshaped } from './heap.js';
import { stock } from './stock.js';

/**
 * Converts between number types. The stock kernel copies even when nothing is to be converted, as in the gradient of
 * every saved tensor, and keeps the low byte of a number as its truth value: 3 for 3, and false for 256 or 0.5.
 */
export function cast({ inputs: { x }, backend, attrs }: KernelCall<'x', { dtype: DataType }>): TensorInfo {
  const { dtype } = attrs;
  if (dtype === x.dtype) return reshaped(backend, x, x.shape);
  if (dtype !== 'bool' || x.dtype === 'string' || x.dtype === 'complex64') return stock('Cast', backend, { x }, attrs);
  const result = backend.makeOutput(x.shape, 'bool');
  const values = backend.typedArrayFromHeap(x);
  const truths = backend.typedArrayFromHeap(result);
  for (let i = 0; i < values.length; i++) truths[i] = values[i] === 0 ? 0 : 1;
  return result;
}
