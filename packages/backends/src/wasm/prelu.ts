import type { TensorInfo } from '@tensorflow/tfjs-core';
import { eachPair } from './broadcast.js';
import type { KernelCall } from './heap.js';
import { stock } from './stock.js';

/** x, or alpha · x below 0. The stock kernel repeats alpha along the last axes alone, whatever its shape says. */
export function prelu({ inputs: { x, alpha }, backend }: KernelCall<'x' | 'alpha'>): TensorInfo {
  if (x.dtype !== 'float32' || alpha.dtype !== 'float32') return stock('Prelu', backend, { x, alpha });
  return eachPair(x, alpha, backend, (value, slope) => (value < 0 ? slope * value : value));
}
