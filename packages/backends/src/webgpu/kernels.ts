import type { KernelFunc } from '@tensorflow/tfjs-core';
import { overrideKernels } from '../kernels/overrides.js';
import { STATELESS_RANDOM_UNIFORM } from '../random/stateless-uniform.js';
import { avgPool3DGrad, avgPoolGrad } from './average-pooling.js';
import { cumprod, cumsum } from './cumulative.js';
import { FUNCTION_KERNELS } from './functions.js';
import { withActivation } from './fused-activation.js';
import { power } from './power.js';
import { softmax } from './softmax.js';
import { statelessUniform } from './stateless-uniform.js';
import { stridedSlice } from './strided-slice.js';
import { transpose } from './transpose.js';

/** lrfind's kernels, by TensorFlow.js's names. The comment of each says why it replaces TensorFlow.js's own. */
// biome-ignore lint/suspicious/noExplicitAny: every kernel has inputs and attributes of its own
const KERNELS: Readonly<Record<string, (call: any) => ReturnType<KernelFunc>>> = {
  ...FUNCTION_KERNELS,
  AvgPool3DGrad: avgPool3DGrad,
  AvgPoolGrad: avgPoolGrad,
  Cumprod: cumprod,
  Cumsum: cumsum,
  FusedConv2D: withActivation('FusedConv2D'),
  FusedDepthwiseConv2D: withActivation('FusedDepthwiseConv2D'),
  Pow: power,
  Softmax: softmax,
  StridedSlice: stridedSlice,
  Transpose: transpose,
  [STATELESS_RANDOM_UNIFORM]: statelessUniform,
  _FusedMatMul: withActivation('_FusedMatMul'),
};

/** Registers lrfind's kernels, once. TensorFlow.js's own must be registered before. */
export function registerKernels(): void {
  overrideKernels('webgpu', KERNELS);
}
