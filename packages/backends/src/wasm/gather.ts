import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ints, type KernelCall, sizeOf } from './heap.js';
import { stock } from './stock.js';

/**
 * Takes rows of `x` by their numbers, such as a batch from a table. The stock kernel works out every element's place from
 * the strides: 6.3 ms for 128 rows of 784 numbers, where copying whole rows takes 0.05 ms.
 *
 * Other axes than the first, and batch dimensions, are left to the stock kernel.
 *
 * @param x [rows, ...inner]
 * @param indices [...ids], int32, each in [0, rows)
 * @returns [...ids, ...inner]
 * @throws Error for an index outside of `x`
 */
export function gather(call: KernelCall<'x' | 'indices', { axis: number; batchDims: number }>): TensorInfo {
  const { inputs, backend, attrs } = call;
  const { x, indices } = inputs;
  if (attrs.axis !== 0 || attrs.batchDims !== 0 || x.dtype === 'string' || indices.dtype !== 'int32') {
    return stock('GatherV2', backend, inputs, attrs);
  }
  const [rows = 0, ...inner] = x.shape;
  const width = sizeOf(inner);
  // Before anything is allocated, which nobody would free.
  const outside = ints(backend, indices).find((row) => row < 0 || row >= rows);
  if (outside !== undefined) throw new Error(`GatherV2: the index value ${outside} is not in [0, ${rows - 1}]`);
  const result = backend.makeOutput([...indices.shape, ...inner], x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(result);
  for (const [i, row] of ints(backend, indices).entries()) {
    to.set(from.subarray(row * width, (row + 1) * width) as never, i * width);
  }
  return result;
}
