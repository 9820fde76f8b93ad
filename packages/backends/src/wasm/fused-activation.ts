import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvAttributes } from '../kernels/convolution.js';
import { prelu } from './binary.js';
import { relu6 } from './clip-by-value.js';
import { conv2D, depthwiseConv2D, isChannelScaling, ownConvolution, withExplicitPadding } from './conv2d.js';
import { free, type KernelCall, sizeOf } from './heap.js';
import { batchMatMul } from './mat-mul.js';
import { panelMatMul } from './panel-product.js';
import { runTfjsKernel } from './tfjs-kernel.js';

interface FusedAttributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

type FusedInputs = 'a' | 'b' | 'x' | 'filter' | 'bias' | 'preluActivationWeights';

/**
 * Matrix product, bias and activation. For stacks of matrices and transposed operands, TensorFlow.js's kernel adds the
 * bias and clips once for every 48 terms of the sum, and its ReLU turns NaN into 0. So this computes the product first,
 * then the rest.
 */
export function fusedMatMul({
  inputs: { a, b, bias, preluActivationWeights },
  backend,
  attrs,
}: KernelCall<FusedInputs, FusedAttributes & { transposeA: boolean; transposeB: boolean }>): TensorInfo {
  const { transposeA, transposeB } = attrs;
  const single = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
  const plain = bias?.shape.length === 1 && single && !transposeA && !transposeB;
  const linear =
    (plain && panelMatMul(a, b, { transposeA, transposeB }, backend, bias)) ||
    (plain
      ? runTfjsKernel('_FusedMatMul', backend, { a, b, bias }, { transposeA, transposeB, activation: 'linear' })
      : withBias(batchMatMul({ inputs: { a, b }, backend, attrs: { transposeA, transposeB } }), bias, backend));
  return activate(linear, attrs, preluActivationWeights, backend);
}

/**
 * Convolution, bias and activation. TensorFlow.js's kernel turns NaN into 0 by its ReLU, and accepts vector biases
 * only.
 */
export function fusedConv2D(call: KernelCall<FusedInputs, FusedAttributes & ConvAttributes>): TensorInfo {
  return fusedConvolution('FusedConv2D', conv2D, call, false);
}

/** As {@link fusedConv2D}, for a depthwise convolution. */
export function fusedDepthwiseConv2D(call: KernelCall<FusedInputs, FusedAttributes & ConvAttributes>): TensorInfo {
  return fusedConvolution('FusedDepthwiseConv2D', depthwiseConv2D, call, true);
}

function fusedConvolution(
  fusedName: string,
  plain: typeof conv2D,
  {
    inputs: { x, filter, bias, preluActivationWeights },
    backend,
    attrs,
  }: KernelCall<FusedInputs, FusedAttributes & ConvAttributes>,
  depthwise: boolean,
): TensorInfo {
  const channelsLast = attrs.dataFormat !== 'NCHW';
  // A vector has one number per channel; with the channels first it must broadcast over height and width.
  const alongChannels = (vector: TensorInfo | undefined) =>
    vector?.shape.length === 1 && !channelsLast ? { ...vector, shape: [...vector.shape, 1, 1] } : vector;
  const hasVector = bias?.shape.length === 1 && channelsLast && !isChannelScaling(filter, attrs);
  const linear =
    (hasVector && !depthwise && ownConvolution(x, filter, attrs, backend, bias)) ||
    (hasVector
      ? runTfjsKernel(
          fusedName,
          backend,
          { x, filter, bias },
          { ...withExplicitPadding(x, filter, attrs, depthwise), activation: 'linear' },
        )
      : withBias(plain({ inputs: { x, filter }, backend, attrs }), alongChannels(bias), backend));
  return activate(linear, attrs, alongChannels(preluActivationWeights), backend);
}

/** Adds a bias of any shape that broadcasts. Frees `x` where it returns another tensor. */
function withBias(x: TensorInfo, bias: TensorInfo | undefined, backend: BackendWasm): TensorInfo {
  if (!bias) return x;
  const result = runTfjsKernel('Add', backend, { a: x, b: bias });
  free(backend, x);
  return result;
}

/** Applies an activation by name. Frees `x` where it returns another tensor. */
function activate(
  x: TensorInfo,
  { activation = 'linear', leakyreluAlpha = 0 }: FusedAttributes,
  alpha: TensorInfo | undefined,
  backend: BackendWasm,
): TensorInfo {
  if (activation === 'linear') return x;
  let result: TensorInfo;
  if (activation === 'relu') result = runTfjsKernel('Relu', backend, { x });
  else if (activation === 'relu6') result = relu6({ inputs: { x }, backend, attrs: {} });
  else if (activation === 'elu') result = runTfjsKernel('Elu', backend, { x });
  else if (activation === 'sigmoid') result = runTfjsKernel('Sigmoid', backend, { x });
  else if (activation === 'leakyrelu') result = runTfjsKernel('LeakyRelu', backend, { x }, { alpha: leakyreluAlpha });
  else if (activation === 'prelu' && alpha) result = prelu({ inputs: { x, alpha }, backend, attrs: {} });
  else throw new Error(`the wasm backend has no fused activation ${activation}`);
  free(backend, x);
  return result;
}
