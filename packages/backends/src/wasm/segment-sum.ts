import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ints, type KernelCall, sizeOf } from './heap.js';

/**
 * Adds the rows of `x` that carry the same segment id: the gradient of a gather, and so of an embedding. Missing in the
 * stock backend. An id outside [0, numSegments) is left out, as in TensorFlow. Time is proportional to the size of `x`.
 *
 * @param x [...ids, ...inner]
 * @param segmentIds [...ids], int32
 * @returns [numSegments, ...inner]
 */
export function unsortedSegmentSum({
  inputs: { x, segmentIds },
  backend,
  attrs: { numSegments },
}: KernelCall<'x' | 'segmentIds', { numSegments: number }>): TensorInfo {
  const innerShape = x.shape.slice(segmentIds.shape.length);
  const inner = sizeOf(innerShape);
  const result = backend.makeOutput([numSegments, ...innerShape], x.dtype);
  const rows = backend.typedArrayFromHeap(x);
  const ids = ints(backend, segmentIds);
  const sums = backend.typedArrayFromHeap(result).fill(0);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] as number;
    if (segment < 0 || segment >= numSegments) continue;
    const to = segment * inner;
    const from = row * inner;
    for (let i = 0; i < inner; i++) (sums[to + i] as number) += rows[from + i] as number;
  }
  return result;
}
