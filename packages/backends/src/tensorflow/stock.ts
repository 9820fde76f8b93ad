import { getKernel, type KernelConfig, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { NodeBackend } from './tfjs-node.js';

/** What a kernel is called with. */
export interface KernelCall<Inputs extends string = 'x', Attributes = object> {
  readonly inputs: Readonly<Record<Inputs, Tensor>>;
  readonly backend: NodeBackend;
  readonly attrs: Attributes;
}

/** The kernels of tfjs-node whose place one of ours has taken. */
const replaced = new Map<string, KernelConfig>();

/** Remembers a kernel of tfjs-node before one of ours takes its place. */
export function rememberStock(kernel: KernelConfig): void {
  replaced.set(kernel.kernelName, kernel);
}

/**
 * Runs tfjs-node's kernel of a name, also where one of ours has taken its place.
 *
 * @throws Error when it has no such kernel
 */
export function stock(name: string, backend: NodeBackend, inputs: object, attrs: object = {}): Tensor {
  const kernel = replaced.get(name) ?? getKernel(name, 'tensorflow');
  if (!kernel) throw new Error(`the tensorflow backend has no kernel ${name}`);
  return kernel.kernelFunc({ inputs: inputs as NamedTensorMap, backend, attrs: attrs as never }) as Tensor;
}
