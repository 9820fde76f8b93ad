import * as tf from '@tensorflow/tfjs-core';
import { type PaddedAxis, padded, paddedAxes, unpadded } from './explicit-padding.js';
import { type KernelCall, stock } from './stock.js';

interface Attributes {
  readonly filterSize: number | [number, number] | [number, number, number];
  readonly strides: number | [number, number] | [number, number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
}

type Pool = 'AvgPool' | 'AvgPool3D' | 'MaxPool' | 'MaxPool3D';

/** Max pooling with any padding, whose cells are smaller than all others. */
export function maxPool(name: Pool) {
  return ({ inputs: { x }, backend, attrs }: KernelCall<'x', Attributes>): tf.Tensor => {
    const axes = axesOf(x, attrs);
    if (!axes) return stock(name, backend, { x }, attrs);
    return tf.tidy(() => stock(name, backend, { x: padded(x, axes, least(x)) }, valid(attrs)));
  };
}

/** Average pooling with any padding, over the cells of a window that are not padding; 0 where all are. */
export function avgPool(name: Pool) {
  return ({ inputs: { x }, backend, attrs }: KernelCall<'x', Attributes>): tf.Tensor => {
    const axes = axesOf(x, attrs);
    if (!axes) return stock(name, backend, { x }, attrs);
    return tf.tidy(() => {
      const means = stock(name, backend, { x: padded(x, axes, 0) }, valid(attrs));
      return tf.divNoNan(means, stock(name, backend, { x: inside(x, axes) }, valid(attrs)));
    });
  };
}

/** The slope of {@link maxPool}. */
export function maxPoolGrad(name: `${Pool}Grad`) {
  return ({ inputs, backend, attrs }: KernelCall<'dy' | 'input' | 'output', Attributes>): tf.Tensor => {
    const axes = axesOf(inputs.input, attrs);
    if (!axes) return stock(name, backend, inputs, attrs);
    return tf.tidy(() => {
      const input = padded(inputs.input, axes, least(inputs.input));
      return unpadded(stock(name, backend, { ...inputs, input }, valid(attrs)), axes);
    });
  };
}

/** The slope of {@link avgPool}. */
export function avgPoolGrad(pool: Pool) {
  const name = `${pool}Grad`;
  return ({ inputs: { dy, input }, backend, attrs }: KernelCall<'dy' | 'input', Attributes>): tf.Tensor => {
    const axes = axesOf(input, attrs);
    if (!axes) return stock(name, backend, { dy, input }, attrs);
    return tf.tidy(() => {
      const share = stock(pool, backend, { x: inside(input, axes) }, valid(attrs));
      const slopes = { dy: tf.divNoNan(dy, share), input: padded(input, axes, 0) };
      return unpadded(stock(name, backend, slopes, valid(attrs)), axes);
    });
  };
}

/** The axes to pad, or undefined where TensorFlow does it. */
function axesOf(x: tf.Tensor, attrs: Attributes): PaddedAxis[] | undefined {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attrs;
  if (typeof pad === 'string') return undefined;
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  return paddedAxes(
    x.rank === 4
      ? computePool2DInfo(
          x.shape as [number, number, number, number],
          filterSize as [number, number],
          strides as [number, number],
          1,
          pad,
          dimRoundingMode,
        )
      : computePool3DInfo(
          x.shape as [number, number, number, number, number],
          filterSize as [number, number, number],
          strides as [number, number, number],
          1,
          pad,
          dimRoundingMode,
          dataFormat,
        ),
  );
}

function valid(attrs: Attributes): Attributes {
  return { ...attrs, pad: 'valid' };
}

/** Ones where the cells of a tensor are, zeros in the padding: their mean is the part of a window that is inside. */
function inside(x: tf.Tensor, axes: readonly PaddedAxis[]): tf.Tensor {
  const spatial = new Set(axes.map(({ axis }) => axis));
  return padded(tf.ones(x.shape.map((size, axis) => (spatial.has(axis) ? size : 1))), axes, 0);
}

function least(x: tf.Tensor): number {
  return x.dtype === 'int32' ? -(2 ** 31) : Number.NEGATIVE_INFINITY;
}
