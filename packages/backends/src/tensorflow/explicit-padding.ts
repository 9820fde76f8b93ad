import * as tf from '@tensorflow/tfjs-core';

/*
 * TensorFlow pads by its own rules, 'same' and 'valid'; where TensorFlow.js names a number of cells, the tensor is padded
 * first and then pooled or convolved as 'valid'.
 */

/** One spatial axis of a tensor that is padded. */
export interface PaddedAxis {
  readonly axis: number;
  readonly size: number;
  /** Cells that are put before the first one. */
  readonly before: number;
  /** The size that the windows reach over, from the first padded cell on; it may leave some of the last cells out. */
  readonly reach: number;
}

type Info = tf.backend_util.Conv2DInfo | tf.backend_util.Conv3DInfo;

/** The axes of a pooling or a convolution that TensorFlow.js has worked out. */
export function paddedAxes(info: Info): PaddedAxis[] {
  const first = info.dataFormat === 'channelsFirst' ? 2 : 1;
  const { padInfo } = info;
  const window = (out: number, stride: number, filter: number) => (out - 1) * stride + filter;
  const height = {
    size: info.inHeight,
    before: padInfo.top,
    reach: window(info.outHeight, info.strideHeight, info.effectiveFilterHeight),
  };
  const width = {
    size: info.inWidth,
    before: padInfo.left,
    reach: window(info.outWidth, info.strideWidth, info.effectiveFilterWidth),
  };
  const spatial = [height, width];
  if ('inDepth' in info && 'front' in padInfo) {
    const reach = window(info.outDepth, info.strideDepth, info.effectiveFilterDepth);
    spatial.unshift({ size: info.inDepth, before: padInfo.front, reach });
  }
  return spatial.map((sizes, i) => ({ axis: first + i, ...sizes }));
}

/** A tensor with padding of one value around it, as far as the windows reach. */
export function padded(x: tf.Tensor, axes: readonly PaddedAxis[], value: number): tf.Tensor {
  const paddings = x.shape.map((): [number, number] => [0, 0]);
  for (const { axis, size, before, reach } of axes) paddings[axis] = [before, Math.max(0, reach - before - size)];
  return cut(
    tf.pad(x, paddings, value),
    axes.map(({ axis, reach }) => ({ axis, begin: 0, size: reach })),
  );
}

/** The shape of what {@link padded} gives. */
export function paddedShape(shape: readonly number[], axes: readonly PaddedAxis[]): number[] {
  return shape.map((size, i) => axes.find(({ axis }) => axis === i)?.reach ?? size);
}

/** The slope of a tensor, from the slope of what {@link padded} made of it. */
export function unpadded(slope: tf.Tensor, axes: readonly PaddedAxis[]): tf.Tensor {
  const paddings = slope.shape.map((): [number, number] => [0, 0]);
  for (const { axis, size, before, reach } of axes) paddings[axis] = [0, Math.max(0, before + size - reach)];
  return cut(
    tf.pad(slope, paddings),
    axes.map(({ axis, size, before }) => ({ axis, begin: before, size })),
  );
}

function cut(x: tf.Tensor, parts: readonly { axis: number; begin: number; size: number }[]): tf.Tensor {
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  for (const part of parts) {
    begin[part.axis] = part.begin;
    size[part.axis] = part.size;
  }
  return tf.slice(x, begin, size);
}
