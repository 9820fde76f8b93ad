import type { KernelFunc } from '@tensorflow/tfjs-core';
import { overrideKernels } from '../kernels/overrides.js';
import { STATELESS_RANDOM_UNIFORM } from '../random/stateless-uniform.js';
import { avgPool3DGrad, avgPoolGrad } from './average-pooling.js';
import { power } from './power.js';
import { statelessUniform } from './stateless-uniform.js';
import { stridedSlice } from './strided-slice.js';
import { transpose } from './transpose.js';

/** lrfind's kernels, by TensorFlow.js's names. The comment of each says why it replaces TensorFlow.js's own. */
// biome-ignore lint/suspicious/noExplicitAny: every kernel has inputs and attributes of its own
const KERNELS: Readonly<Record<string, (call: any) => ReturnType<KernelFunc>>> = {
  AvgPool3DGrad: avgPool3DGrad,
  AvgPoolGrad: avgPoolGrad,
  Pow: power,
  StridedSlice: stridedSlice,
  Transpose: transpose,
  [STATELESS_RANDOM_UNIFORM]: statelessUniform,
};

/** Registers lrfind's kernels, once. TensorFlow.js's own must be registered before. */
export function registerKernels(): void {
  overrideKernels('webgpu', KERNELS);
}
