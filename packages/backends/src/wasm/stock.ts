import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel } from '@tensorflow/tfjs-core';

/** The kernels of the stock backend whose place one of ours has taken. */
const replaced = new Map<string, KernelConfig>();

/** Remembers a stock kernel before one of ours takes its place. */
export function rememberStock(kernel: KernelConfig): void {
  replaced.set(kernel.kernelName, kernel);
}

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
  const kernel = replaced.get(name) ?? getKernel(name, 'wasm');
  if (!kernel) throw new Error(`the wasm backend has no kernel ${name}`);
  return kernel.kernelFunc({ inputs, backend, attrs: attrs as never }) as TensorInfo;
}
