import type { TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import { FUNCTION_KERNELS } from './functions.js';
import type { GpuKernelCall } from './gpu.js';

interface FusedAttributes {
  readonly activation?: string;
}

/** The activations that lrfind has replaced. */
const { Elu: elu, Relu6: relu6, Sigmoid: sigmoid } = FUNCTION_KERNELS;
const REPLACED = { elu, relu6, sigmoid } as Readonly<Record<string, (call: GpuKernelCall<'x'>) => TensorInfo>>;

/** A product or convolution with an activation that is a function of lrfind's: it is computed afterwards. */
export function withActivation(kernelName: string) {
  return (call: GpuKernelCall<string, FusedAttributes>): TensorInfo => {
    const { kernelFunc } = originalKernel('webgpu', kernelName);
    const activation = REPLACED[call.attrs.activation ?? ''];
    if (!activation) return kernelFunc(call as never) as TensorInfo;
    const x = kernelFunc({ ...call, attrs: { ...call.attrs, activation: 'linear' } } as never) as TensorInfo;
    const result = activation({ inputs: { x }, backend: call.backend, attrs: {} });
    call.backend.disposeData(x.dataId);
    return result;
  };
}
