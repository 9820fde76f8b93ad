import * as tf from '@tensorflow/tfjs-core';

/**
 * The filter with zeros between its values, with which a convolution that is not dilated gives what the dilated one gives
 * with the filter itself.
 *
 * @param filter [...filter size, channels, out channels]
 * @param dilations one number for each axis of the filter size
 */
export function dilatedFilter(filter: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((spread, dilation, axis) => {
    if (dilation === 1) return spread;
    const { before, length, after } = aroundAxis(spread.shape, axis);
    const padded = tf.pad(tf.reshape(spread, [before, length, 1, after]), [
      [0, 0],
      [0, 0],
      [0, dilation - 1],
      [0, 0],
    ]);
    const used = dilation * (length - 1) + 1;
    const rows = tf.slice(tf.reshape(padded, [before, length * dilation, after]), [0, 0, 0], [before, used, after]);
    return tf.reshape(rows, spread.shape.with(axis, used));
  }, filter);
}

/** From the slope of {@link dilatedFilter}'s result, the slope of the filter: the values at its places. */
export function undilatedSlope(slope: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  if (dilations.every((dilation) => dilation === 1)) return slope;
  const strides = slope.shape.map((_, axis) => dilations[axis] ?? 1);
  return tf.stridedSlice(
    slope,
    slope.shape.map(() => 0),
    slope.shape,
    strides,
  );
}

/** The dilation along each of so many axes, from the attribute of a kernel. */
export function dilationOf(attribute: number | readonly number[] | null | undefined, axes: number): number[] {
  const given = [attribute ?? 1].flat();
  return Array.from({ length: axes }, (_, axis) => given[given.length === 1 ? 0 : axis] ?? 1);
}

function aroundAxis(shape: readonly number[], axis: number) {
  const product = (lengths: readonly number[]) => lengths.reduce((total, n) => total * n, 1);
  return {
    before: product(shape.slice(0, axis)),
    length: shape[axis] as number,
    after: product(shape.slice(axis + 1)),
  };
}
