import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { stockKernel } from '../kernel-overrides.js';
import type { NodeBackend } from './tfjs-node.js';

/** What a kernel is called with. */
export interface KernelCall<Inputs extends string = 'x', Attributes = object> {
  readonly inputs: Readonly<Record<Inputs, Tensor>>;
  readonly backend: NodeBackend;
  readonly attrs: Attributes;
}

/**
 * Runs tfjs-node's kernel of a name, also where one of ours has taken its place.
 *
 * @throws Error when it has no such kernel
 */
export function stock(name: string, backend: NodeBackend, inputs: object, attrs: object = {}): Tensor {
  return stockKernel('tensorflow', name).kernelFunc({
    inputs: inputs as NamedTensorMap,
    backend,
    attrs: attrs as never,
  }) as Tensor;
}
