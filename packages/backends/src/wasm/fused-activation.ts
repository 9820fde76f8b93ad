import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { relu6 } from './clip-by-value.js';
import { conv2D, depthwiseConv2D, explicitlyPadded, scalesChannels } from './convolutions.js';
import { free, type KernelCall, sizeOf } from './heap.js';
import { batchMatMul } from './mat-mul.js';
import { prelu } from './prelu.js';
import { stock } from './stock.js';
import type { ConvAttributes } from './windows.js';

interface FusedAttributes {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

type FusedInputs = 'a' | 'b' | 'x' | 'filter' | 'bias' | 'preluActivationWeights';

/**
 * Matrix product, bias and activation in one. For stacks of matrices and transposed operands the stock kernel adds the
 * bias, and clips, once for every 48 terms of the sum; and its ReLU turns NaN into 0. So the product comes first, and the
 * rest after it.
 */
export function fusedMatMul({
  inputs: { a, b, bias, preluActivationWeights },
  backend,
  attrs,
}: KernelCall<FusedInputs, FusedAttributes & { transposeA: boolean; transposeB: boolean }>): TensorInfo {
  const { transposeA, transposeB } = attrs;
  const single = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
  const linear =
    bias?.shape.length === 1 && single && !transposeA && !transposeB
      ? stock('_FusedMatMul', backend, { a, b, bias }, { transposeA, transposeB, activation: 'linear' })
      : withBias(batchMatMul({ inputs: { a, b }, backend, attrs: { transposeA, transposeB } }), bias, backend);
  return activate(linear, attrs, preluActivationWeights, backend);
}

/** Convolution, bias and activation in one. The stock kernel's ReLU turns NaN into 0; it refuses all but vector biases. */
export function fusedConv2D(call: KernelCall<FusedInputs, FusedAttributes & ConvAttributes>): TensorInfo {
  return fusedConvolution('FusedConv2D', conv2D, call, false);
}

/** As {@link fusedConv2D}, for each channel by itself. */
export function fusedDepthwiseConv2D(call: KernelCall<FusedInputs, FusedAttributes & ConvAttributes>): TensorInfo {
  return fusedConvolution('FusedDepthwiseConv2D', depthwiseConv2D, call, true);
}

function fusedConvolution(
  fused: string,
  plain: typeof conv2D,
  {
    inputs: { x, filter, bias, preluActivationWeights },
    backend,
    attrs,
  }: KernelCall<FusedInputs, FusedAttributes & ConvAttributes>,
  depthwise: boolean,
): TensorInfo {
  const channelsLast = attrs.dataFormat !== 'NCHW';
  // A vector belongs to the channels, wherever they are.
  const placed = (vector: TensorInfo | undefined) =>
    vector?.shape.length === 1 && !channelsLast ? { ...vector, shape: [...vector.shape, 1, 1] } : vector;
  const linear =
    bias?.shape.length === 1 && channelsLast && !scalesChannels(filter, attrs)
      ? stock(
          fused,
          backend,
          { x, filter, bias },
          { ...explicitlyPadded(x, filter, attrs, depthwise), activation: 'linear' },
        )
      : withBias(plain({ inputs: { x, filter }, backend, attrs }), placed(bias), backend);
  return activate(linear, attrs, placed(preluActivationWeights), backend);
}

/** Adds a bias of any shape that broadcasts; takes over `x`. */
function withBias(x: TensorInfo, bias: TensorInfo | undefined, backend: BackendWasm): TensorInfo {
  if (!bias) return x;
  const result = stock('Add', backend, { a: x, b: bias });
  free(backend, x);
  return result;
}

/** Applies an activation by name; takes over `x`. */
function activate(
  x: TensorInfo,
  { activation = 'linear', leakyreluAlpha = 0 }: FusedAttributes,
  alpha: TensorInfo | undefined,
  backend: BackendWasm,
): TensorInfo {
  let result: TensorInfo;
  if (activation === 'linear') return x;
  if (activation === 'relu') result = stock('Relu', backend, { x });
  else if (activation === 'relu6') result = relu6({ inputs: { x }, backend, attrs: {} });
  else if (activation === 'elu') result = stock('Elu', backend, { x });
  else if (activation === 'sigmoid') result = stock('Sigmoid', backend, { x });
  else if (activation === 'leakyrelu') result = stock('LeakyRelu', backend, { x }, { alpha: leakyreluAlpha });
  else if (activation === 'prelu' && alpha) result = prelu({ inputs: { x, alpha }, backend, attrs: {} });
  else throw new Error(`the wasm backend has no fused activation ${activation}`);
  free(backend, x);
  return result;
}
