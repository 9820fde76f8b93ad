import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, backend_util } from '@tensorflow/tfjs-core';
import { floats, sizeOf } from './heap.js';

/**
 * Computes a float32 tensor from every pair of elements of two others, which repeat along axes of length 1 and missing
 * ones.
 */
export function eachPair(
  a: TensorInfo,
  b: TensorInfo,
  backend: BackendWasm,
  choose: (a: number, b: number) => number,
): TensorInfo {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = sizeOf(shape);
  const result = backend.makeOutput(shape, 'float32');
  const as = floats(backend, a);
  const bs = floats(backend, b);
  const out = floats(backend, result);
  if (size === 0) return result;
  // An operand whose shape is the end of the result's repeats after its own length; a scalar after one element.
  if (isSuffix(a.shape, shape) && isSuffix(b.shape, shape)) {
    for (let i = 0, p = 0, q = 0; i < size; i++) {
      out[i] = choose(as[p] as number, bs[q] as number);
      if (++p === as.length) p = 0;
      if (++q === bs.length) q = 0;
    }
    return result;
  }
  const aSteps = broadcastSteps(a.shape, shape);
  const bSteps = broadcastSteps(b.shape, shape);
  for (let i = 0; i < size; i++) {
    let p = 0;
    let q = 0;
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      const length = shape[axis] as number;
      const index = rest % length;
      rest = (rest - index) / length;
      p += index * (aSteps[axis] as number);
      q += index * (bSteps[axis] as number);
    }
    out[i] = choose(as[p] as number, bs[q] as number);
  }
  return result;
}

/** Whether the shape, leading ones aside, is the end of the broadcast one. */
function isSuffix(shape: readonly number[], broadcast: readonly number[]): boolean {
  const first = shape.findIndex((length) => length !== 1);
  if (first === -1) return true;
  const own = shape.slice(first);
  return own.every((length, i) => length === broadcast[broadcast.length - own.length + i]);
}

/** How far to go in an operand for one step along each axis of the result: 0 where it is repeated. */
function broadcastSteps(shape: readonly number[], broadcast: readonly number[]): number[] {
  const steps = new Array<number>(broadcast.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length !== 1) steps[broadcast.length - shape.length + axis] = step;
    step *= length;
  }
  return steps;
}
