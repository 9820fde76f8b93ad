import { slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type KernelCall, sizeOf } from './heap.js';
import { runTfjsKernel } from './tfjs-kernel.js';

/**
 * A slice of a tensor. TensorFlow.js's kernel first copies the whole tensor out of the heap, so that slicing a batch
 * out of a dataset costs a copy of the dataset, and reads past the end when the slice does not fit.
 *
 * @throws Error when the slice does not lie inside the tensor
 */
export function slice({
  inputs: { x },
  backend,
  attrs,
}: KernelCall<'x', { begin: number | number[]; size: number | number[] }>): TensorInfo {
  if (x.dtype === 'string') return runTfjsKernel('Slice', backend, { x }, attrs);
  const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size) as [number[], number[]];
  slice_util.assertParamsValid(x, begin, size);
  const result = backend.makeOutput(size, x.dtype);
  const total = sizeOf(size);
  if (total === 0) return result;
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(result);
  // From the last axis that is cut, the values are contiguous.
  let axis = size.length - 1;
  while (axis > 0 && size[axis] === x.shape[axis]) axis--;
  const strides = [...util.computeStrides(x.shape), 1];
  const runLength = axis < 0 ? 1 : sizeOf(size.slice(axis));
  const index = [...begin];
  for (let written = 0; written < total; written += runLength) {
    let start = 0;
    for (let i = 0; i < size.length; i++) start += (index[i] as number) * (strides[i] as number);
    if (runLength >= 32) to.set(from.subarray(start, start + runLength), written);
    else for (let i = 0; i < runLength; i++) to[written + i] = from[start + i] as number;
    for (let i = axis - 1; i >= 0; i--) {
      const next = (index[i] as number) + 1;
      if (next < (begin[i] as number) + (size[i] as number)) {
        index[i] = next;
        break;
      }
      index[i] = begin[i] as number;
    }
  }
  return result;
}
