import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util, Maximum, Minimum } from '@tensorflow/tfjs-core';
import { floats, type KernelCall, sizeOf } from './heap.js';
import { stock } from './stock.js';

/** The larger of two values. The stock kernel loses a NaN in the second operand, so max(0, NaN) is 0. */
export function maximum({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): TensorInfo {
  return extreme(Maximum, a, b, backend, larger);
}

/** The smaller of two values. The stock kernel loses a NaN in the second operand. */
export function minimum({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): TensorInfo {
  return extreme(Minimum, a, b, backend, smaller);
}

// Written out rather than Math.max, which is many times slower here because it must tell +0 from -0.
function larger(a: number, b: number): number {
  return b <= a || Number.isNaN(a) ? a : b;
}

function smaller(a: number, b: number): number {
  return b >= a || Number.isNaN(a) ? a : b;
}

function extreme(
  name: string,
  a: TensorInfo,
  b: TensorInfo,
  backend: BackendWasm,
  choose: (a: number, b: number) => number,
): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(name, backend, { a, b });
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
