import * as tf from '@tensorflow/tfjs-core';
import { type PaddedAxis, padded, paddedAxes, unpadded } from './explicit-padding.js';
import { type KernelCall, runTfjsKernel } from './tfjs-kernel.js';

interface Attributes {
  readonly filterSize: number | [number, number] | [number, number, number];
  readonly strides: number | [number, number] | [number, number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NDHWC' | 'NCDHW';
}

type Pool = 'AvgPool' | 'AvgPool3D' | 'MaxPool' | 'MaxPool3D';

/** Max pooling with any padding. Cells of padding are smaller than all others. */
export function maxPool(name: Pool) {
  return ({ inputs: { x }, backend, attrs }: KernelCall<'x', Attributes>): tf.Tensor => {
    const axes = axesOf(x, attrs);
    if (!axes) return runTfjsKernel(name, backend, { x }, attrs);
    return tf.tidy(() => runTfjsKernel(name, backend, { x: padded(x, axes, lowestValue(x)) }, valid(attrs)));
  };
}

/** Average pooling with any padding, over the cells of a window that are not padding; 0 where all cells are. */
export function avgPool(name: Pool) {
  return ({ inputs: { x }, backend, attrs }: KernelCall<'x', Attributes>): tf.Tensor => {
    const axes = axesOf(x, attrs);
    if (!axes) return runTfjsKernel(name, backend, { x }, attrs);
    return tf.tidy(() => {
      const means = runTfjsKernel(name, backend, { x: padded(x, axes, 0) }, valid(attrs));
      return tf.divNoNan(means, runTfjsKernel(name, backend, { x: insideMask(x, axes) }, valid(attrs)));
    });
  };
}

/** The gradient of {@link maxPool}. */
export function maxPoolGrad(name: `${Pool}Grad`) {
  return ({ inputs, backend, attrs }: KernelCall<'dy' | 'input' | 'output', Attributes>): tf.Tensor => {
    const axes = axesOf(inputs.input, attrs);
    if (!axes) return runTfjsKernel(name, backend, inputs, attrs);
    return tf.tidy(() => {
      const input = padded(inputs.input, axes, lowestValue(inputs.input));
      return unpadded(runTfjsKernel(name, backend, { ...inputs, input }, valid(attrs)), axes);
    });
  };
}

/** The gradient of {@link avgPool}. */
export function avgPoolGrad(pool: Pool) {
  const name = `${pool}Grad`;
  return ({ inputs: { dy, input }, backend, attrs }: KernelCall<'dy' | 'input', Attributes>): tf.Tensor => {
    const axes = axesOf(input, attrs);
    if (!axes) return runTfjsKernel(name, backend, { dy, input }, attrs);
    return tf.tidy(() => {
      const shareInside = runTfjsKernel(pool, backend, { x: insideMask(input, axes) }, valid(attrs));
      const kernelInputs = { dy: tf.divNoNan(dy, shareInside), input: padded(input, axes, 0) };
      return unpadded(runTfjsKernel(name, backend, kernelInputs, valid(attrs)), axes);
    });
  };
}

/** The axes to pad; undefined where TensorFlow pads itself. */
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

/** Ones for the cells of a tensor, zeros in the padding. The mean over a window is the share of it that is inside. */
function insideMask(x: tf.Tensor, axes: readonly PaddedAxis[]): tf.Tensor {
  const spatial = new Set(axes.map(({ axis }) => axis));
  return padded(tf.ones(x.shape.map((size, axis) => (spatial.has(axis) ? size : 1))), axes, 0);
}

function lowestValue(x: tf.Tensor): number {
  return x.dtype === 'int32' ? -(2 ** 31) : Number.NEGATIVE_INFINITY;
}
