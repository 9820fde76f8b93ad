import type { KernelFunc } from '@tensorflow/tfjs-core';
import { overrideKernels } from '../kernel-overrides.js';
import { statelessUniformOnWasm } from '../random/on-wasm.js';
import { clipByValueGrad, reluGrad, sigmoidGrad, tanhGrad } from './activation-gradients.js';
import { cast } from './cast.js';
import { clipByValue, relu6 } from './clip-by-value.js';
import { conv2DBackpropFilter, conv2DBackpropInput } from './conv2d-gradients.js';
import { conv3D, conv3DBackpropFilter, conv3DBackpropInput } from './conv3d.js';
import { conv2D, depthwiseConv2D } from './convolutions.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-conv2d-gradients.js';
import { fusedConv2D, fusedDepthwiseConv2D, fusedMatMul } from './fused-activation.js';
import { fusedBatchNorm } from './fused-batch-norm.js';
import { gather } from './gather.js';
import { identity } from './identity.js';
import { viaJavaScript } from './javascript.js';
import { batchMatMul } from './mat-mul.js';
import { maximum, minimum } from './maximum-minimum.js';
import { avgPool, avgPool3D, maxPool, maxPool3D } from './pool.js';
import { avgPool3DGrad, avgPoolGrad, maxPool3DGrad, maxPoolGrad } from './pool-gradients.js';
import { prelu } from './prelu.js';
import { unsortedSegmentSum } from './segment-sum.js';
import { slice } from './slice.js';
import { mean, sum } from './sum.js';

/**
 * The table of our kernels, by TensorFlow.js's names. Each takes the place of the stock backend's kernel, or fills a
 * gap; the comment above the function says what was wrong.
 */
// biome-ignore lint/suspicious/noExplicitAny: every kernel has inputs and attributes of its own
const KERNELS: Readonly<Record<string, (call: any) => ReturnType<KernelFunc>>> = {
  AvgPool: avgPool,
  AvgPool3D: avgPool3D,
  AvgPool3DGrad: avgPool3DGrad,
  AvgPoolGrad: avgPoolGrad,
  BatchMatMul: batchMatMul,
  Cast: cast,
  ClipByValue: clipByValue,
  ClipByValueGrad: clipByValueGrad,
  Conv2D: conv2D,
  Conv2DBackpropFilter: conv2DBackpropFilter,
  Conv2DBackpropInput: conv2DBackpropInput,
  Conv3D: conv3D,
  Conv3DBackpropFilterV2: conv3DBackpropFilter,
  Conv3DBackpropInputV2: conv3DBackpropInput,
  DepthwiseConv2dNative: depthwiseConv2D,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  FusedBatchNorm: fusedBatchNorm,
  FusedConv2D: fusedConv2D,
  FusedDepthwiseConv2D: fusedDepthwiseConv2D,
  GatherV2: gather,
  Identity: identity,
  Maximum: maximum,
  MaxPool: maxPool,
  MaxPool3D: maxPool3D,
  MaxPool3DGrad: maxPool3DGrad,
  MaxPoolGrad: maxPoolGrad,
  Mean: mean,
  Minimum: minimum,
  Prelu: prelu,
  Relu6: relu6,
  ReluGrad: reluGrad,
  SigmoidGrad: sigmoidGrad,
  Slice: slice,
  StatelessRandomUniform: statelessUniformOnWasm,
  Sum: sum,
  TanhGrad: tanhGrad,
  UnsortedSegmentSum: unsortedSegmentSum,
  _FusedMatMul: fusedMatMul,
  // Missing in the stock backend, and nothing that a layer is made of.
  Einsum: viaJavaScript('Einsum'),
  RaggedGather: viaJavaScript('RaggedGather'),
  RaggedRange: viaJavaScript('RaggedRange'),
  RaggedTensorToTensor: viaJavaScript('RaggedTensorToTensor'),
  StaticRegexReplace: viaJavaScript('StaticRegexReplace'),
};

/** The names of the kernels that are ours. */
export const kernelNames: readonly string[] = Object.keys(KERNELS);

/** Puts our kernels in place, once; the stock ones must be registered before. */
export function registerKernels(): void {
  overrideKernels('wasm', KERNELS);
}
