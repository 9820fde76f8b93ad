import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { stockKernel } from '../kernel-overrides.js';
import { free } from './heap.js';

/**
 * Runs the stock backend's kernel of a name, also where one of ours has taken its place.
 *
 * @throws Error when the stock backend has no such kernel
 */
export function stock(
  name: string,
  backend: BackendWasm,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object = {},
): TensorInfo {
  return stockKernel('wasm', name).kernelFunc({ inputs, backend, attrs: attrs as never }) as TensorInfo;
}

/** Stock kernels one after the other. What they make is freed, but for the last. */
export function stockChain(backend: BackendWasm) {
  const made: TensorInfo[] = [];
  const then = (name: string, inputs: Readonly<Record<string, TensorInfo>>, attrs: object = {}): TensorInfo => {
    const next = stock(name, backend, inputs, attrs);
    made.push(next);
    return next;
  };
  return {
    /** The next kernel. */
    then,
    /** A number as an operand. */
    scalar: (value: number) => then('Fill', {}, { shape: [], value, dtype: 'float32' }),
    /** Frees all but this one. */
    result(last: TensorInfo): TensorInfo {
      free(backend, ...made.filter((tensor) => tensor !== last));
      return last;
    },
  };
}
