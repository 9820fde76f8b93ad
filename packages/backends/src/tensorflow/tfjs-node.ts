import { createRequire } from 'node:module';
import type { BackendValues, DataStorage, DataType, KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute } from './attributes.js';
import type { Binding } from './binding.js';

/** A tensor, as the backend keeps it. */
export interface TensorRecord {
  shape: number[];
  /** The number of its data type. */
  dtype: number;
  /** The binding's number, negative while `values` wait. */
  id: number;
  values: BackendValues | null;
  refCount: number;
}

/** TensorFlow.js's backend for TensorFlow: what kernels of ours use of it. */
export interface NodeBackend extends KernelBackend {
  /** Kernels call it; another in its place sees what they do. */
  binding: Binding;
  /** What it knows of each tensor; values that were not needed yet wait here, without an id. */
  readonly tensorMap: DataStorage<TensorRecord>;
  /** Whether tensors live on a GPU. */
  readonly isUsingGpuDevice: boolean;
  /** The number of a data type. */
  getDTypeInteger(dtype: DataType): number;
  /** The binding's numbers of tensors. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  /** Executes an operation that gives one tensor. */
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  /** Executes an operation that gives so many tensors. */
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
  /** Applies the activation of a fused kernel, by TensorFlow.js's name; none for `linear`. */
  applyActivation(x: Tensor, activation?: string, preluAlpha?: Tensor, leakyReluAlpha?: number): Tensor;
}

interface TfjsNode {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
}

/** The kernels as they were written for TensorFlow.js's native addon; loading them registers them. */
export function loadTfjsNode(): TfjsNode {
  const require = createRequire(import.meta.url);
  require('#tfjs-node/register_all_kernels');
  return require('#tfjs-node/nodejs_kernel_backend');
}
