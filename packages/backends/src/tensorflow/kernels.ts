import type { KernelFunc } from '@tensorflow/tfjs-core';
import { overrideKernels } from '../kernel-overrides.js';
import { viaJavaScript } from '../wasm/javascript.js';
import { prelu, sign } from './activations.js';
import { backpropFilter, backpropInput, convolution, fusedConv2D } from './conv2d.js';
import { conv3D } from './conv3d.js';
import { comparison, converted, round } from './element-types.js';
import { add, reluGrad, sigmoidGrad, softmaxCrossEntropy, statelessUniform, sum, tanhGrad } from './fused.js';
import { gather } from './gather.js';
import { batchMatMul } from './mat-mul.js';
import { multinomial } from './multinomial.js';
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from './pool.js';
import { scatterNd } from './scatter-nd.js';

/**
 * The table of our kernels, by TensorFlow.js's names. Each takes the place of tfjs-node's kernel, or fills a gap; the
 * comment above the function says what was wrong.
 */
// biome-ignore lint/suspicious/noExplicitAny: every kernel has inputs and attributes of its own
const KERNELS: Readonly<Record<string, (call: any) => ReturnType<KernelFunc>>> = {
  Add: add,
  ArgMax: converted('ArgMax', 'bool', 'int32', 'kept'),
  ArgMin: converted('ArgMin', 'bool', 'int32', 'kept'),
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
  Diag: converted('Diag', 'bool', 'int32', 'back'),
  Exp: converted('Exp', 'int32', 'float32', 'kept'),
  FusedConv2D: fusedConv2D,
  GatherV2: gather,
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterEqual'),
  LeakyRelu: converted('LeakyRelu', 'int32', 'float32', 'kept'),
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
  Step: converted('Step', 'int32', 'float32', 'back'),
  Sum: sum,
  TanhGrad: tanhGrad,
  // Missing in tfjs-node, and nothing that a layer is made of.
  BitwiseAnd: viaJavaScript('BitwiseAnd'),
  DenseBincount: viaJavaScript('DenseBincount'),
  MaxPoolWithArgmax: viaJavaScript('MaxPoolWithArgmax'),
  RaggedGather: viaJavaScript('RaggedGather'),
  RaggedRange: viaJavaScript('RaggedRange'),
  RaggedTensorToTensor: viaJavaScript('RaggedTensorToTensor'),
  SearchSorted: viaJavaScript('SearchSorted'),
  SparseFillEmptyRows: viaJavaScript('SparseFillEmptyRows'),
  SparseReshape: viaJavaScript('SparseReshape'),
  SparseSegmentMean: viaJavaScript('SparseSegmentMean'),
  SparseSegmentSum: viaJavaScript('SparseSegmentSum'),
  StringNGrams: viaJavaScript('StringNGrams'),
  StringSplit: viaJavaScript('StringSplit'),
  StringToHashBucketFast: viaJavaScript('StringToHashBucketFast'),
  Transform: viaJavaScript('Transform'),
};

/** Puts our kernels in place, once; tfjs-node's must be registered before. */
export function registerKernels(): void {
  overrideKernels('tensorflow', KERNELS);
}
