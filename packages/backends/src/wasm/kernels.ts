import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { javaScriptKernel } from '../kernels/javascript-kernel.js';
import { overrideKernels } from '../kernels/overrides.js';
import type { StatelessUniformAttributes } from '../random/stateless-uniform.js';
import { fillUniform, streamState } from '../random/xoshiro128.js';
import { clipByValueGrad, reluGrad, sigmoidGrad, tanhGrad } from './activation-gradients.js';
import { maximum, minimum, prelu } from './binary.js';
import { clipByValue, relu6 } from './clip-by-value.js';
import { conv2D, depthwiseConv2D } from './conv2d.js';
import { conv2DBackpropFilter, conv2DBackpropInput } from './conv2d-gradients.js';
import { conv3D, conv3DBackpropFilter, conv3DBackpropInput } from './conv3d.js';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-conv2d-gradients.js';
import { fusedConv2D, fusedDepthwiseConv2D, fusedMatMul } from './fused-activation.js';
import { fusedBatchNorm } from './fused-batch-norm.js';
import { gather, unsortedSegmentSum } from './gather.js';
import { floats, ints, type KernelCall } from './heap.js';
import { cast, identity } from './identity-cast.js';
import { batchMatMul } from './mat-mul.js';
import { avgPool, avgPool3D, maxPool, maxPool3D } from './pool.js';
import { avgPool3DGrad, avgPoolGrad, maxPool3DGrad, maxPoolGrad } from './pool-gradients.js';
import { slice } from './slice.js';
import { mean, sum } from './sum.js';

/**
 * lrfind's kernels, by TensorFlow.js's names. Each replaces TensorFlow.js's own kernel, or adds one that is missing;
 * the comment of the function says why.
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
  StatelessRandomUniform: statelessUniform,
  Sum: sum,
  TanhGrad: tanhGrad,
  UnsortedSegmentSum: unsortedSegmentSum,
  _FusedMatMul: fusedMatMul,
  // Missing in TensorFlow.js's backend, and not used by layers.
  Einsum: javaScriptKernel('Einsum'),
  RaggedGather: javaScriptKernel('RaggedGather'),
  RaggedRange: javaScriptKernel('RaggedRange'),
  RaggedTensorToTensor: javaScriptKernel('RaggedTensorToTensor'),
  StaticRegexReplace: javaScriptKernel('StaticRegexReplace'),
};

/** The names of lrfind's kernels. */
export const kernelNames: readonly string[] = Object.keys(KERNELS);

/** Registers lrfind's kernels, once. TensorFlow.js's own must be registered before. */
export function registerKernels(): void {
  overrideKernels('wasm', KERNELS);
}

/** Writes the numbers directly to the heap. */
function statelessUniform(call: KernelCall<'seed', StatelessUniformAttributes>): TensorInfo {
  const { inputs, backend, attrs } = call;
  const result = backend.makeOutput(attrs.shape, 'float32');
  fillUniform(floats(backend, result), streamState(ints(backend, inputs.seed), attrs.salt));
  return result;
}
