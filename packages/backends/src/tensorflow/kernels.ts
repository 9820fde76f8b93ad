import type { KernelFunc } from '@tensorflow/tfjs-core';
import { javaScriptKernel } from '../kernels/javascript-kernel.js';
import { overrideKernels } from '../kernels/overrides.js';
import { backpropFilter, backpropInput, conv3D, convolution, fusedConvolution } from './convolutions.js';
import { comparison, prelu, round, sign, withCast } from './elementwise.js';
import { gather, scatterNd } from './gather.js';
import { batchMatMul } from './mat-mul.js';
import { multinomial } from './multinomial.js';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './pool.js';
import {
  add,
  reluGrad,
  sigmoidGrad,
  softmaxCrossEntropy,
  statelessUniform,
  sum,
  tanhGrad,
} from './single-op-kernels.js';

/**
 * lrfind's kernels, by TensorFlow.js's names. Each replaces tfjs-node's kernel, or adds one that is missing; the
 * comment of the function says why.
 */
// biome-ignore lint/suspicious/noExplicitAny: every kernel has inputs and attributes of its own
const KERNELS: Readonly<Record<string, (call: any) => ReturnType<KernelFunc>>> = {
  Add: add,
  ArgMax: withCast('ArgMax', 'bool', 'int32', 'kept'),
  ArgMin: withCast('ArgMin', 'bool', 'int32', 'kept'),
  AvgPool: avgPool('AvgPool'),
  AvgPool3D: avgPool('AvgPool3D'),
  AvgPool3DGrad: avgPoolGrad('AvgPool3D'),
  AvgPoolGrad: avgPoolGrad('AvgPool'),
  BatchMatMul: batchMatMul,
  Conv2D: convolution('Conv2D'),
  Conv2DBackpropFilter: backpropFilter('Conv2DBackpropFilter'),
  Conv2DBackpropInput: backpropInput('Conv2DBackpropInput'),
  Conv3D: conv3D,
  DepthwiseConv2dNative: convolution('DepthwiseConv2dNative'),
  DepthwiseConv2dNativeBackpropFilter: backpropFilter('DepthwiseConv2dNativeBackpropFilter'),
  DepthwiseConv2dNativeBackpropInput: backpropInput('DepthwiseConv2dNativeBackpropInput'),
  Diag: withCast('Diag', 'bool', 'int32', 'cast back'),
  Exp: withCast('Exp', 'int32', 'float32', 'kept'),
  FusedConv2D: fusedConvolution('Conv2D'),
  FusedDepthwiseConv2D: fusedConvolution('DepthwiseConv2dNative'),
  GatherV2: gather,
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterEqual'),
  LeakyRelu: withCast('LeakyRelu', 'int32', 'float32', 'kept'),
  Less: comparison('Less'),
  LessEqual: comparison('LessEqual'),
  MaxPool: maxPool('MaxPool'),
  MaxPool3D: maxPool('MaxPool3D'),
  MaxPool3DGrad: maxPoolGrad('MaxPool3DGrad'),
  MaxPoolGrad: maxPoolGrad('MaxPoolGrad'),
  Multinomial: multinomial,
  Prelu: prelu,
  ReluGrad: reluGrad,
  Round: round,
  ScatterNd: scatterNd,
  SigmoidGrad: sigmoidGrad,
  Sign: sign,
  SoftmaxCrossEntropyWithLogits: softmaxCrossEntropy,
  StatelessRandomUniform: statelessUniform,
  Step: withCast('Step', 'int32', 'float32', 'cast back'),
  Sum: sum,
  TanhGrad: tanhGrad,
  // Missing in tfjs-node, and not used by layers.
  BitwiseAnd: javaScriptKernel('BitwiseAnd'),
  DenseBincount: javaScriptKernel('DenseBincount'),
  MaxPoolWithArgmax: javaScriptKernel('MaxPoolWithArgmax'),
  RaggedGather: javaScriptKernel('RaggedGather'),
  RaggedRange: javaScriptKernel('RaggedRange'),
  RaggedTensorToTensor: javaScriptKernel('RaggedTensorToTensor'),
  SearchSorted: javaScriptKernel('SearchSorted'),
  SparseFillEmptyRows: javaScriptKernel('SparseFillEmptyRows'),
  SparseReshape: javaScriptKernel('SparseReshape'),
  SparseSegmentMean: javaScriptKernel('SparseSegmentMean'),
  SparseSegmentSum: javaScriptKernel('SparseSegmentSum'),
  StringNGrams: javaScriptKernel('StringNGrams'),
  StringSplit: javaScriptKernel('StringSplit'),
  StringToHashBucketFast: javaScriptKernel('StringToHashBucketFast'),
  Transform: javaScriptKernel('Transform'),
};

/** Registers lrfind's kernels, once. tfjs-node's must be registered before. */
export function registerKernels(): void {
  overrideKernels('tensorflow', KERNELS);
}
