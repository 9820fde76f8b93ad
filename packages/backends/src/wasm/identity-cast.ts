import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelCall, reshaped } from './heap.js';
import { runTfjsKernel } from './tfjs-kernel.js';

/**
 * The same tensor, without a copy. TensorFlow.js's kernel copies the buffer, for every clone and every tensor that is
 * saved for a gradient, and leaks a data id within a nested gradient. Sharing a buffer is safe, because no kernel
 * writes to a buffer that another one made.
 */
export function identity({ inputs: { x }, backend }: KernelCall<'x'>): TensorInfo {
  if (x.dtype === 'string') return runTfjsKernel('Identity', backend, { x });
  return reshaped(backend, x, x.shape);
}

/**
 * Converts between types of numbers. TensorFlow.js's kernel copies even when there is nothing to convert, as in the
 * gradient of every saved tensor, and makes booleans from the low byte of a number: 3 for 3, and false for 256 or 0.5.
 */
export function cast({ inputs: { x }, backend, attrs }: KernelCall<'x', { dtype: DataType }>): TensorInfo {
  const { dtype } = attrs;
  if (dtype === x.dtype) return reshaped(backend, x, x.shape);
  if (dtype !== 'bool' || x.dtype === 'string' || x.dtype === 'complex64') {
    return runTfjsKernel('Cast', backend, { x }, attrs);
  }
  const result = backend.makeOutput(x.shape, 'bool');
  const values = backend.typedArrayFromHeap(x);
  const booleans = backend.typedArrayFromHeap(result);
  for (let i = 0; i < values.length; i++) booleans[i] = values[i] === 0 ? 0 : 1;
  return result;
}
