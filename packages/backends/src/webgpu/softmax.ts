import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuKernelCall } from './gpu.js';

/**
 * TensorFlow.js's shader leaves zeros in a row with NaN, and with more than 65,535 rows, one group of threads each, the groups that are
 * too many write into the last number.
 */
export function softmax({ inputs, backend, attrs }: GpuKernelCall<'logits', { readonly dim: number }>): TensorInfo {
  const { logits } = inputs;
  const run = (kernelName: string, inputs: Readonly<Record<string, TensorInfo>>, attrs = {}): TensorInfo =>
    getKernel(kernelName, 'webgpu').kernelFunc({ inputs: inputs as never, backend, attrs }) as TensorInfo;
  const keptShape = logits.shape.map((length, axis) => (axis === attrs.dim ? 1 : length));
  const largest = run('Max', { x: logits }, { reductionIndices: [attrs.dim], keepDims: true });
  const below = run('Sub', { a: logits, b: { ...largest, shape: keptShape } });
  const powers = run('Exp', { x: below });
  const sum = run('Sum', { x: powers }, { axis: [attrs.dim], keepDims: true });
  const shares = run('RealDiv', { a: powers, b: { ...sum, shape: keptShape } });
  for (const { dataId } of [largest, below, powers, sum]) backend.disposeData(dataId);
  return shares;
}
