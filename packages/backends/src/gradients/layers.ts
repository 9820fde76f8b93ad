import * as tf from '@tensorflow/tfjs-core';
import { dilatedFilter, dilationOf, undilatedSlope } from './dilation.js';
import { type Gradients, runKernel, unbroadcast } from './gradient.js';

/** The gradient of a pooling, by the kernel that computes it. */
function pooling(kernel: string, needsOutput: boolean): Gradients[string] {
  return {
    inputs: ['x'],
    ...(needsOutput ? { output: true as const } : {}),
    slopes: (dy, [input, output], { filterSize, strides, pad, dimRoundingMode }) => ({
      x: () =>
        runKernel(kernel, output ? { dy, input, output } : { dy, input }, {
          filterSize,
          strides,
          pad,
          dimRoundingMode,
        }),
    }),
  };
}

/** What layers are made of: products of matrices, convolutions, poolings, normalisations, resizing. */
export const layers: Gradients = {
  AvgPool: pooling('AvgPoolGrad', false),
  AvgPool3D: pooling('AvgPool3DGrad', false),
  BatchMatMul: {
    inputs: ['a', 'b'],
    slopes: (dy, [a, b], { transposeA, transposeB }) => ({
      a: () =>
        unbroadcast(transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB), a.shape),
      b: () =>
        unbroadcast(transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false), b.shape),
    }),
  },
  Conv2D: {
    corrects: true,
    inputs: ['x', 'filter'],
    slopes: (dy, [x, filter], { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
      const attributes = { strides, pad, dataFormat, dimRoundingMode };
      return dilatedSlopes(filter, dilationOf(dilations, 2), (wide) => ({
        x: () => runKernel('Conv2DBackpropInput', { dy, filter: wide() }, { ...attributes, inputShape: x.shape }),
        filter: (filterShape) => runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape }),
      }));
    },
  },
  /** The forward pass of a transposed convolution; its `dy` is that layer's input. */
  Conv2DBackpropInput: {
    inputs: ['dy', 'filter'],
    slopes: (slope, [dy, filter], { strides, pad, dataFormat, dimRoundingMode }) => ({
      dy: () => tf.conv2d(slope, filter, strides, pad, dataFormat, 1, dimRoundingMode),
      filter: () =>
        runKernel(
          'Conv2DBackpropFilter',
          { x: slope, dy },
          { strides, pad, dataFormat, dimRoundingMode, filterShape: filter.shape },
        ),
    }),
  },
  Conv3D: {
    corrects: true,
    inputs: ['x', 'filter'],
    slopes: (dy, [x, filter], { strides, pad, dilations }) =>
      dilatedSlopes(filter, dilationOf(dilations, 3), (wide) => ({
        x: () => runKernel('Conv3DBackpropInputV2', { dy, filter: wide() }, { strides, pad, inputShape: x.shape }),
        filter: (filterShape) => runKernel('Conv3DBackpropFilterV2', { x, dy }, { strides, pad, filterShape }),
      })),
  },
  /** As for Conv2DBackpropInput. */
  Conv3DBackpropInputV2: {
    inputs: ['dy', 'filter'],
    slopes: (slope, [dy, filter], { strides, pad }) => ({
      dy: () => tf.conv3d(slope, filter, strides, pad),
      filter: () => runKernel('Conv3DBackpropFilterV2', { x: slope, dy }, { strides, pad, filterShape: filter.shape }),
    }),
  },
  DepthwiseConv2dNative: {
    corrects: true,
    inputs: ['x', 'filter'],
    slopes: (dy, [x, filter], { strides, pad, dilations, dimRoundingMode }) => {
      const attributes = { strides, pad, dilations: [1, 1], dimRoundingMode };
      return dilatedSlopes(filter, dilationOf(dilations, 2), (wide) => ({
        x: () =>
          runKernel(
            'DepthwiseConv2dNativeBackpropInput',
            { dy, filter: wide() },
            { ...attributes, inputShape: x.shape },
          ),
        filter: (filterShape) =>
          runKernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attributes, filterShape }),
      }));
    },
  },
  Dilation2D: {
    inputs: ['x', 'filter'],
    slopes: (dy, [x, filter], attributes) => ({
      x: () => runKernel('Dilation2DBackpropInput', { x, filter, dy }, attributes),
      filter: () => runKernel('Dilation2DBackpropFilter', { x, filter, dy }, attributes),
    }),
  },
  FusedBatchNorm: {
    corrects: true,
    inputs: ['x', 'mean', 'variance', 'scale'],
    slopes: (dy, [x, mean, variance, scale], { varianceEpsilon }) => {
      const inverse = tf.rsqrt(tf.add(variance, tf.scalar(varianceEpsilon)));
      const factor = tf.mul(inverse, scale);
      // The two sums that all but the first are made of.
      const total = unbroadcast(dy, mean.shape);
      const along = unbroadcast(tf.mul(dy, tf.sub(x, mean)), mean.shape);
      return {
        x: () => tf.mul(dy, factor),
        mean: () => tf.neg(tf.mul(total, factor)),
        variance: () => tf.mul(along, tf.mul(-0.5, tf.mul(factor, tf.square(inverse)))),
        scale: () => tf.mul(along, inverse),
        offset: () => tf.clone(total),
      };
    },
  },
  LRN: {
    inputs: ['x'],
    output: true,
    slopes: (dy, [x, y], attributes) => ({ x: () => runKernel('LRNGrad', { x, y, dy }, attributes) }),
  },
  MaxPool: pooling('MaxPoolGrad', true),
  MaxPool3D: pooling('MaxPool3DGrad', true),
  ResizeBilinear: {
    inputs: ['images'],
    slopes: (dy, [images], attributes) => ({
      images: () => runKernel('ResizeBilinearGrad', { dy, images }, attributes),
    }),
  },
  ResizeNearestNeighbor: {
    inputs: ['images'],
    slopes: (dy, [images], attributes) => ({
      images: () => runKernel('ResizeNearestNeighborGrad', { dy, images }, attributes),
    }),
  },
};

/**
 * The slopes of a convolution, from those of one that is not dilated: its filter is the wide one, with zeros between the
 * values.
 */
function dilatedSlopes(
  filter: tf.Tensor,
  dilations: readonly number[],
  plain: (wide: () => tf.Tensor) => { x: () => tf.Tensor; filter: (wideShape: number[]) => tf.Tensor },
) {
  const { x, filter: filterSlope } = plain(() => dilatedFilter(filter, dilations));
  const wideShape = filter.shape.map((length, axis) => (length - 1) * (dilations[axis] ?? 1) + 1);
  return { x, filter: () => undilatedSlope(filterSlope(wideShape), dilations) };
}
