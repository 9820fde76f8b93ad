import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import type { NodeBackend } from './tfjs-node.js';

/** The arguments of a kernel. */
export interface KernelCall<Inputs extends string = 'x', Attributes = object> {
  readonly inputs: Readonly<Record<Inputs, Tensor>>;
  readonly backend: NodeBackend;
  readonly attrs: Attributes;
}

/**
 * Runs tfjs-node's own kernel, whether or not lrfind has replaced it.
 *
 * @throws Error when tfjs-node has no such kernel
 */
export function runTfjsKernel(name: string, backend: NodeBackend, inputs: object, attrs: object = {}): Tensor {
  return originalKernel('tensorflow', name).kernelFunc({
    inputs: inputs as NamedTensorMap,
    backend,
    attrs: attrs as never,
  }) as Tensor;
}
