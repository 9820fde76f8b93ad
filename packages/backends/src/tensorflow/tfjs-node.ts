import { createRequire } from 'node:module';
import type { BackendValues, DataStorage, DataType, KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute } from './attributes.js';
import type { Binding } from './binding.js';

/** tfjs-node's record of a tensor. */
export interface TensorRecord {
  shape: number[];
  /** The number of its data type. */
  dtype: number;
  /** The binding's id; negative while `values` are not uploaded. */
  id: number;
  /** The values, until an operation needs them. */
  values: BackendValues | null;
  refCount: number;
}

/** The members of tfjs-node's backend that lrfind uses. */
export interface NodeBackend extends KernelBackend {
  /** Its kernels run their operations on this; replacing it redirects them. */
  binding: Binding;
  /** The record of each tensor. */
  readonly tensorMap: DataStorage<TensorRecord>;
  /** Whether tensors live on a GPU. */
  readonly isUsingGpuDevice: boolean;
  /** The number of a data type. */
  getDTypeInteger(dtype: DataType): number;
  /** The binding's ids of tensors; uploads values that are not. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  /** Executes an operation that returns one tensor. */
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  /** Executes an operation that returns several tensors. */
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
  /** Applies an activation by TensorFlow.js's name; none for `linear`. */
  applyActivation(x: Tensor, activation?: string, preluAlpha?: Tensor, leakyReluAlpha?: number): Tensor;
}

interface TfjsNode {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
}

/** Loads tfjs-node's kernels, which were written for its native addon, and registers them. */
export function loadTfjsNode(): TfjsNode {
  const require = createRequire(import.meta.url);
  require('#tfjs-node/register_all_kernels');
  return require('#tfjs-node/nodejs_kernel_backend');
}
