import type { TensorInfo } from '@tensorflow/tfjs-core';
import { eachPair } from './broadcast.js';
import type { KernelCall } from './heap.js';
import { stock } from './stock.js';

/** The larger of two values. The stock kernel loses a NaN in the second operand, so max(0, NaN) is 0. */
export function maximum({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock('Maximum', backend, { a, b });
  return eachPair(a, b, backend, larger);
}

/** The smaller of two values. The stock kernel loses a NaN in the second operand. */
export function minimum({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock('Minimum', backend, { a, b });
  return eachPair(a, b, backend, smaller);
}

// Written out rather than Math.max, which is many times slower here because it must tell +0 from -0.
function larger(a: number, b: number): number {
  return b <= a || Number.isNaN(a) ? a : b;
}

function smaller(a: number, b: number): number {
  return b >= a || Number.isNaN(a) ? a : b;
}
