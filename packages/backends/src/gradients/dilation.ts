import * as tf from '@tensorflow/tfjs-core';

/**
 * The filter with zeros inserted between its values. A plain convolution with it equals the dilated convolution with
 * the original filter.
 *
 * @param filter [...filter size, channels, out channels]
 * @param dilations one for each axis of the filter size
 */
export function dilatedFilter(filter: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((dilated, dilation, axis) => {
    if (dilation === 1) return dilated;
    const { before, length, after } = splitAtAxis(dilated.shape, axis);
    const padded = tf.pad(tf.reshape(dilated, [before, length, 1, after]), [
      [0, 0],
      [0, 0],
      [0, dilation - 1],
      [0, 0],
    ]);
    const dilatedLength = dilatedSize(length, dilation);
    const rows = tf.slice(
      tf.reshape(padded, [before, length * dilation, after]),
      [0, 0, 0],
      [before, dilatedLength, after],
    );
    return tf.reshape(rows, dilated.shape.with(axis, dilatedLength));
  }, filter);
}

/** The shape of {@link dilatedFilter}'s result. */
export function dilatedShape(shape: readonly number[], dilations: readonly number[]): number[] {
  return shape.map((length, axis) => dilatedSize(length, dilations[axis] ?? 1));
}

/** The gradient of the filter, from the gradient of {@link dilatedFilter}'s result: the values without the zeros. */
export function undilatedGradient(gradient: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  if (dilations.every((dilation) => dilation === 1)) return gradient;
  const strides = gradient.shape.map((_, axis) => dilations[axis] ?? 1);
  return tf.stridedSlice(
    gradient,
    gradient.shape.map(() => 0),
    gradient.shape,
    strides,
  );
}

/** The dilation along each spatial axis, from a kernel's attribute, which may be one number for all. */
export function dilationPerAxis(attribute: number | readonly number[] | null | undefined, axes: number): number[] {
  const dilations = [attribute ?? 1].flat();
  return Array.from({ length: axes }, (_, axis) => dilations[dilations.length === 1 ? 0 : axis] ?? 1);
}

function dilatedSize(length: number, dilation: number): number {
  return dilation * (length - 1) + 1;
}

function splitAtAxis(shape: readonly number[], axis: number) {
  const product = (lengths: readonly number[]) => lengths.reduce((total, n) => total * n, 1);
  return {
    before: product(shape.slice(0, axis)),
    length: shape[axis] as number,
    after: product(shape.slice(axis + 1)),
  };
}
