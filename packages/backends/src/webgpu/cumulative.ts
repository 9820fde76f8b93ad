import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import type { GpuKernelCall } from './gpu.js';

/** The attributes of sums and products of all numbers so far. */
interface CumulativeAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * TensorFlow.js's shaders that go backwards have the length in their text but not in their key, so that the first length is used for
 * every other one. These turn the numbers round and go forwards.
 */
export const [cumsum, cumprod] = ['Cumsum', 'Cumprod'].map(
  (name) =>
    (call: GpuKernelCall<'x', CumulativeAttributes>): TensorInfo => {
      const { inputs, backend, attrs } = call;
      const forwards = originalKernel('webgpu', name).kernelFunc;
      if (!attrs.reverse) return forwards(call as never) as TensorInfo;
      const turned = (x: TensorInfo) =>
        getKernel('Reverse', 'webgpu').kernelFunc({
          inputs: { x },
          backend,
          attrs: { dims: [attrs.axis] },
        }) as TensorInfo;
      const x = turned(inputs.x);
      const sums = forwards({ inputs: { x }, backend, attrs: { ...attrs, reverse: false } }) as TensorInfo;
      const result = turned(sums);
      for (const { dataId } of [x, sums]) backend.disposeData(dataId);
      return result;
    },
) as [Cumulative, Cumulative];

type Cumulative = (call: GpuKernelCall<'x', CumulativeAttributes>) => TensorInfo;
