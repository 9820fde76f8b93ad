import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import { free } from './heap.js';

/**
 * Runs TensorFlow.js's own kernel, whether or not lrfind has replaced it.
 *
 * @throws Error when its wasm backend has no such kernel
 */
export function runTfjsKernel(
  name: string,
  backend: BackendWasm,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object = {},
): TensorInfo {
  return originalKernel('wasm', name).kernelFunc({ inputs, backend, attrs: attrs as never }) as TensorInfo;
}

/** Composes TensorFlow.js's own kernels, and frees the intermediate results. */
export function kernelChain(backend: BackendWasm) {
  const results: TensorInfo[] = [];
  const run = (name: string, inputs: Readonly<Record<string, TensorInfo>>, attrs: object = {}): TensorInfo => {
    const result = runTfjsKernel(name, backend, inputs, attrs);
    results.push(result);
    return result;
  };
  return {
    /** Runs the next kernel. */
    run,
    /** A number as an operand. */
    scalar: (value: number) => run('Fill', {}, { shape: [], value, dtype: 'float32' }),
    /** Frees every result but this one, and returns it. */
    finish(last: TensorInfo): TensorInfo {
      free(backend, ...results.filter((tensor) => tensor !== last));
      return last;
    },
  };
}
