import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall, sizeOf } from './heap.js';
import { runTfjsKernel } from './tfjs-kernel.js';

/** The larger of two values. TensorFlow.js's kernel loses a NaN in the second operand: max(0, NaN) is 0. */
export function maximum({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return runTfjsKernel('Maximum', backend, { a, b });
  return combine(a, b, backend, larger);
}

/** The smaller of two values. TensorFlow.js's kernel loses a NaN in the second operand. */
export function minimum({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return runTfjsKernel('Minimum', backend, { a, b });
  return combine(a, b, backend, smaller);
}

/** x, or alpha · x below 0. TensorFlow.js's kernel broadcasts alpha along the last axes, whatever its shape. */
export function prelu({ inputs: { x, alpha }, backend }: KernelCall<'x' | 'alpha'>): TensorInfo {
  if (x.dtype !== 'float32' || alpha.dtype !== 'float32') return runTfjsKernel('Prelu', backend, { x, alpha });
  return combine(x, alpha, backend, (value, slope) => (value < 0 ? slope * value : value));
}

// Math.max is many times slower here, because it must distinguish +0 from −0.
function larger(a: number, b: number): number {
  return b <= a || Number.isNaN(a) ? a : b;
}

function smaller(a: number, b: number): number {
  return b >= a || Number.isNaN(a) ? a : b;
}

/** Combines two float32 tensors element by element, and broadcasts them together. */
function combine(
  a: TensorInfo,
  b: TensorInfo,
  backend: BackendWasm,
  operation: (a: number, b: number) => number,
): TensorInfo {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = sizeOf(shape);
  const result = backend.makeOutput(shape, 'float32');
  const as = floats(backend, a);
  const bs = floats(backend, b);
  const out = floats(backend, result);
  if (size === 0) return result;
  // An operand whose shape is a suffix of the result's repeats after its own length.
  if (isSuffix(a.shape, shape) && isSuffix(b.shape, shape)) {
    for (let i = 0, p = 0, q = 0; i < size; i++) {
      out[i] = operation(as[p] as number, bs[q] as number);
      if (++p === as.length) p = 0;
      if (++q === bs.length) q = 0;
    }
    return result;
  }
  const aStrides = broadcastStrides(a.shape, shape);
  const bStrides = broadcastStrides(b.shape, shape);
  for (let i = 0; i < size; i++) {
    let p = 0;
    let q = 0;
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      const length = shape[axis] as number;
      const index = rest % length;
      rest = (rest - index) / length;
      p += index * (aStrides[axis] as number);
      q += index * (bStrides[axis] as number);
    }
    out[i] = operation(as[p] as number, bs[q] as number);
  }
  return result;
}

/** Whether the shape, without leading ones, is a suffix of the broadcast shape. */
function isSuffix(shape: readonly number[], broadcast: readonly number[]): boolean {
  const first = shape.findIndex((length) => length !== 1);
  if (first === -1) return true;
  const own = shape.slice(first);
  return own.every((length, i) => length === broadcast[broadcast.length - own.length + i]);
}

/** The strides of an operand along the axes of the result: 0 where it is broadcast. */
function broadcastStrides(shape: readonly number[], broadcast: readonly number[]): number[] {
  const strides = new Array<number>(broadcast.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length !== 1) strides[broadcast.length - shape.length + axis] = stride;
    stride *= length;
  }
  return strides;
}
