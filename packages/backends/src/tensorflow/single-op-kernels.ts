import { cast, mul, reshape, scalar, type Tensor, type TensorInfo, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { StatelessUniformAttributes } from '../random/stateless-uniform.js';
import { AttributeType } from './attributes.js';
import { DataType } from './data-types.js';
import { type KernelCall, runTfjsKernel } from './tfjs-kernel.js';

/*
 * Kernels that are a single operation in TensorFlow, where tfjs-node runs several: the first three reduced a step of a
 * convolutional network from 68 to 38 ms.
 */

const FLOAT = { name: 'T', type: AttributeType.type, value: DataType.float32 };
const int32 = (name: string) => ({ name, type: AttributeType.type, value: DataType.int32 });
const CHANNELS_LAST = { name: 'data_format', type: AttributeType.string, value: 'NHWC' };

/** dy where x is positive, else 0. */
export function reluGrad({ inputs: { dy, x }, backend }: KernelCall<'dy' | 'x'>): Tensor {
  return backend.executeSingleOutput('ReluGrad', [FLOAT], [dy, x]);
}

/** dy · y · (1 − y) for y = sigmoid(x). */
export function sigmoidGrad({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): Tensor {
  return backend.executeSingleOutput('SigmoidGrad', [FLOAT], [y, dy]);
}

/** dy · (1 − y²) for y = tanh(x). */
export function tanhGrad({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): Tensor {
  return backend.executeSingleOutput('TanhGrad', [FLOAT], [y, dy]);
}

/** For each row −Σ labels · log softmax(logits), and softmax(logits) − labels. */
export function softmaxCrossEntropy({
  inputs: { labels, logits },
  backend,
}: KernelCall<'labels' | 'logits'>): Tensor[] {
  return tidy(() => {
    const classes = logits.shape.at(-1) as number;
    const rows = logits.shape.slice(0, -1);
    const matrices = [logits, labels].map((one) => reshape(one, [-1, classes]));
    const [loss, gradient] = backend.executeMultipleOutputs('SoftmaxCrossEntropyWithLogits', [FLOAT], matrices, 2);
    return [reshape(loss as Tensor, rows), reshape(gradient as Tensor, logits.shape)];
  });
}

/** The sum of two tensors. TensorFlow has an operation for adding a bias per channel. */
export function add({ inputs: { a, b }, backend }: KernelCall<'a' | 'b'>): Tensor {
  const isBias = a.shape.length > 1 && b.shape.length === 1 && a.shape.at(-1) === b.shape[0];
  return isBias && a.dtype === 'float32' && b.dtype === 'float32'
    ? backend.executeSingleOutput('BiasAdd', [FLOAT, CHANNELS_LAST], [a, b])
    : runTfjsKernel('Add', backend, { a, b });
}

/**
 * The sum over axes. Over all but the last axis it is the gradient of a bias, which TensorFlow has an operation for.
 */
export function sum(call: KernelCall<'x', { axis: number | number[] | null; keepDims: boolean }>): Tensor {
  const { inputs, backend, attrs } = call;
  const { x } = inputs;
  const axes = [attrs.axis ?? []].flat().toSorted((a, b) => a - b);
  const rank = x.shape.length;
  const isBias = rank > 1 && axes.length === rank - 1 && axes.every((axis, i) => axis === i);
  return isBias && !attrs.keepDims && x.dtype === 'float32'
    ? backend.executeSingleOutput('BiasAddGrad', [FLOAT, CHANNELS_LAST], [x])
    : runTfjsKernel('Sum', backend, { x }, attrs);
}

/**
 * Uniform random numbers that depend on seed and salt alone: 24 random bits each. TensorFlow's own uniform floats take
 * the low bits of a random integer, XLA's the high ones, so that a step would draw other numbers once it is compiled.
 */
export function statelessUniform({ inputs, backend, attrs }: KernelCall<'seed', StatelessUniformAttributes>): Tensor {
  return tidy(() => {
    const shape = tensor1d(attrs.shape, 'int32') as TensorInfo;
    const salted = runTfjsKernel('Add', backend, { a: inputs.seed, b: tensor1d([attrs.salt << 20, 0], 'int32') });
    const integers = backend.executeSingleOutput(
      'StatelessRandomUniformFullInt',
      [int32('dtype'), int32('T'), int32('Tseed')],
      [shape, salted],
    );
    const bits = backend.executeSingleOutput('BitwiseAnd', [int32('T')], [integers, scalar(2 ** 24 - 1, 'int32')]);
    return mul(cast(bits, 'float32'), 2 ** -24);
  });
}
