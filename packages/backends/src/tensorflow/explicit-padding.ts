import * as tf from '@tensorflow/tfjs-core';

/*
 * TensorFlow pads by the rules 'same' and 'valid'. Where TensorFlow.js pads by a number of cells, the tensor is padded
 * first, then pooled or convolved with 'valid'.
 */

/** The padding of one spatial axis. */
export interface PaddedAxis {
  readonly axis: number;
  readonly size: number;
  /** Cells that are added before the first one. */
  readonly before: number;
  /** The size that the windows cover, from the first added cell on. It may exclude some of the last cells. */
  readonly covered: number;
}

type Info = tf.backend_util.Conv2DInfo | tf.backend_util.Conv3DInfo;

/** The padding of a pooling or convolution, from what TensorFlow.js has computed about it. */
export function paddedAxes(info: Info): PaddedAxis[] {
  const first = info.dataFormat === 'channelsFirst' ? 2 : 1;
  const { padInfo } = info;
  const window = (out: number, stride: number, filter: number) => (out - 1) * stride + filter;
  const height = {
    size: info.inHeight,
    before: padInfo.top,
    covered: window(info.outHeight, info.strideHeight, info.effectiveFilterHeight),
  };
  const width = {
    size: info.inWidth,
    before: padInfo.left,
    covered: window(info.outWidth, info.strideWidth, info.effectiveFilterWidth),
  };
  const spatial = [height, width];
  if ('inDepth' in info && 'front' in padInfo) {
    const covered = window(info.outDepth, info.strideDepth, info.effectiveFilterDepth);
    spatial.unshift({ size: info.inDepth, before: padInfo.front, covered });
  }
  return spatial.map((sizes, i) => ({ axis: first + i, ...sizes }));
}

/** The tensor with a value around it, as far as the windows cover it. */
export function padded(x: tf.Tensor, axes: readonly PaddedAxis[], value: number): tf.Tensor {
  const paddings = x.shape.map((): [number, number] => [0, 0]);
  for (const { axis, size, before, covered } of axes) paddings[axis] = [before, Math.max(0, covered - before - size)];
  return sliceAxes(
    tf.pad(x, paddings, value),
    axes.map(({ axis, covered }) => ({ axis, begin: 0, size: covered })),
  );
}

/** The shape of the result of {@link padded}. */
export function paddedShape(shape: readonly number[], axes: readonly PaddedAxis[]): number[] {
  return shape.map((size, i) => axes.find(({ axis }) => axis === i)?.covered ?? size);
}

/** The gradient of a tensor, from the gradient of the result of {@link padded}. */
export function unpadded(gradient: tf.Tensor, axes: readonly PaddedAxis[]): tf.Tensor {
  const paddings = gradient.shape.map((): [number, number] => [0, 0]);
  for (const { axis, size, before, covered } of axes) paddings[axis] = [0, Math.max(0, before + size - covered)];
  return sliceAxes(
    tf.pad(gradient, paddings),
    axes.map(({ axis, size, before }) => ({ axis, begin: before, size })),
  );
}

/** Slices a tensor along some of its axes. */
function sliceAxes(x: tf.Tensor, slices: readonly { axis: number; begin: number; size: number }[]): tf.Tensor {
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  for (const slice of slices) {
    begin[slice.axis] = slice.begin;
    size[slice.axis] = slice.size;
  }
  return tf.slice(x, begin, size);
}
