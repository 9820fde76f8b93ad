import { backend_util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import type { GpuKernelCall } from './gpu.js';

/** The attributes of a pooling. */
interface PoolAttributes {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A pooling along one axis. */
interface Axis {
  readonly input: number;
  readonly output: number;
  readonly stride: number;
  readonly window: number;
  readonly before: number;
}

/** The gradient of average pooling in two dimensions. */
export function avgPoolGrad(call: GpuKernelCall<'dy' | 'input', PoolAttributes>): TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs;
  const info = backend_util.computePool2DInfo(
    call.inputs.input.shape as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad as number,
    dimRoundingMode,
  );
  return overRealWindows('AvgPoolGrad', call, planeAxes(info));
}

/** The gradient of average pooling in three dimensions. */
export function avgPool3DGrad(call: GpuKernelCall<'dy' | 'input', PoolAttributes>): TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs;
  const info = backend_util.computePool3DInfo(
    call.inputs.input.shape as [number, number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad as number,
    dimRoundingMode,
  );
  return overRealWindows('AvgPool3DGrad', call, [
    {
      input: info.inDepth,
      output: info.outDepth,
      stride: info.strideDepth,
      window: info.filterDepth,
      before: info.padInfo.front,
    },
    ...planeAxes(info),
  ]);
}

/** The axes that poolings in two and in three dimensions have. */
function planeAxes(info: backend_util.Conv2DInfo | backend_util.Conv3DInfo): Axis[] {
  return [
    {
      input: info.inHeight,
      output: info.outHeight,
      stride: info.strideHeight,
      window: info.filterHeight,
      before: info.padInfo.top,
    },
    {
      input: info.inWidth,
      output: info.outWidth,
      stride: info.strideWidth,
      window: info.filterWidth,
      before: info.padInfo.left,
    },
  ];
}

/**
 * TensorFlow.js's kernel, whose gradient of a window that reaches beyond the input is too small: it divides by the size of
 * the whole window, while the forward pass averages over the part within the input.
 */
function overRealWindows(
  kernelName: string,
  call: GpuKernelCall<'dy' | 'input', PoolAttributes>,
  axes: readonly Axis[],
): TensorInfo {
  const { inputs, backend, attrs } = call;
  const original = originalKernel('webgpu', kernelName).kernelFunc;
  const factors = axes.map(windowShares);
  if (factors.every((each) => each.every((factor) => factor === 1))) return original(call as never) as TensorInfo;
  const shape = [1, ...axes.map(({ output }) => output), 1];
  const products = factors.reduce<readonly number[]>((all, each) => all.flatMap((a) => each.map((b) => a * b)), [1]);
  const factor = backend.makeTensorInfo(shape, 'float32', Float32Array.from(products));
  const multiply = originalKernel('webgpu', 'Multiply').kernelFunc as KernelFunc;
  const dy = multiply({ inputs: { a: inputs.dy, b: factor }, backend, attrs: {} }) as TensorInfo;
  const gradient = original({ inputs: { dy, input: inputs.input }, backend, attrs: attrs as never }) as TensorInfo;
  for (const { dataId } of [factor, dy]) backend.disposeData(dataId);
  return gradient;
}

/** For each window along an axis, by how much it is larger than its part within the input. */
function windowShares({ input, output, stride, window, before }: Axis): number[] {
  return Array.from({ length: output }, (_, i) => {
    const start = i * stride - before;
    return window / (Math.min(start + window, input) - Math.max(start, 0));
  });
}
