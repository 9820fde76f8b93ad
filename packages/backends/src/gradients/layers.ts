import * as tf from '@tensorflow/tfjs-core';
import { dilatedFilter, dilatedShape, dilationPerAxis, undilatedGradient } from './dilation.js';
import { type Gradients, runKernel, unbroadcast } from './gradient.js';

/**
 * The gradient of a pooling.
 *
 * @param kernel the kernel that computes it
 */
function pooling(kernel: string, needsOutput: boolean): Gradients[string] {
  return {
    inputs: ['x'],
    ...(needsOutput ? { output: true as const } : {}),
    gradFunc: (dy, [input, output], { filterSize, strides, pad, dimRoundingMode }) => ({
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

/** Gradients of matrix products, convolutions, poolings, normalisations and resizing. */
export const layers: Gradients = {
  AvgPool: pooling('AvgPoolGrad', false),
  AvgPool3D: pooling('AvgPool3DGrad', false),
  BatchMatMul: {
    inputs: ['a', 'b'],
    gradFunc: (dy, [a, b], { transposeA, transposeB }) => ({
      a: () =>
        unbroadcast(transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB), a.shape),
      b: () =>
        unbroadcast(transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false), b.shape),
    }),
  },
  Conv2D: {
    overrides: true,
    inputs: ['x', 'filter'],
    gradFunc: (dy, [x, filter], { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
      const attributes = { strides, pad, dataFormat, dimRoundingMode };
      return undilatedGradients(filter, dilationPerAxis(dilations, 2), (dilated) => ({
        x: () => runKernel('Conv2DBackpropInput', { dy, filter: dilated() }, { ...attributes, inputShape: x.shape }),
        filter: (filterShape) => runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape }),
      }));
    },
  },
  /** The forward pass of a transposed convolution. Its input `dy` is the input of that layer. */
  Conv2DBackpropInput: {
    inputs: ['dy', 'filter'],
    gradFunc: (gradient, [dy, filter], { strides, pad, dataFormat, dimRoundingMode }) => ({
      dy: () => tf.conv2d(gradient, filter, strides, pad, dataFormat, 1, dimRoundingMode),
      filter: () =>
        runKernel(
          'Conv2DBackpropFilter',
          { x: gradient, dy },
          { strides, pad, dataFormat, dimRoundingMode, filterShape: filter.shape },
        ),
    }),
  },
  Conv3D: {
    overrides: true,
    inputs: ['x', 'filter'],
    gradFunc: (dy, [x, filter], { strides, pad, dilations }) =>
      undilatedGradients(filter, dilationPerAxis(dilations, 3), (dilated) => ({
        x: () => runKernel('Conv3DBackpropInputV2', { dy, filter: dilated() }, { strides, pad, inputShape: x.shape }),
        filter: (filterShape) => runKernel('Conv3DBackpropFilterV2', { x, dy }, { strides, pad, filterShape }),
      })),
  },
  /** As Conv2DBackpropInput, in three dimensions. */
  Conv3DBackpropInputV2: {
    inputs: ['dy', 'filter'],
    gradFunc: (gradient, [dy, filter], { strides, pad }) => ({
      dy: () => tf.conv3d(gradient, filter, strides, pad),
      filter: () =>
        runKernel('Conv3DBackpropFilterV2', { x: gradient, dy }, { strides, pad, filterShape: filter.shape }),
    }),
  },
  DepthwiseConv2dNative: {
    overrides: true,
    inputs: ['x', 'filter'],
    gradFunc: (dy, [x, filter], { strides, pad, dilations, dimRoundingMode }) => {
      const attributes = { strides, pad, dilations: [1, 1], dimRoundingMode };
      return undilatedGradients(filter, dilationPerAxis(dilations, 2), (dilated) => ({
        x: () =>
          runKernel(
            'DepthwiseConv2dNativeBackpropInput',
            { dy, filter: dilated() },
            { ...attributes, inputShape: x.shape },
          ),
        filter: (filterShape) =>
          runKernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attributes, filterShape }),
      }));
    },
  },
  Dilation2D: {
    inputs: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attributes) => ({
      x: () => runKernel('Dilation2DBackpropInput', { x, filter, dy }, attributes),
      filter: () => runKernel('Dilation2DBackpropFilter', { x, filter, dy }, attributes),
    }),
  },
  FusedBatchNorm: {
    overrides: true,
    inputs: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dy, [x, mean, variance, scale], { varianceEpsilon }) => {
      const inverse = tf.rsqrt(tf.add(variance, tf.scalar(varianceEpsilon)));
      const factor = tf.mul(inverse, scale);
      // All gradients but that of x are multiples of these two sums.
      const sum = unbroadcast(dy, mean.shape);
      const weightedSum = unbroadcast(tf.mul(dy, tf.sub(x, mean)), mean.shape);
      return {
        x: () => tf.mul(dy, factor),
        mean: () => tf.neg(tf.mul(sum, factor)),
        variance: () => tf.mul(weightedSum, tf.mul(-0.5, tf.mul(factor, tf.square(inverse)))),
        scale: () => tf.mul(weightedSum, inverse),
        offset: () => tf.clone(sum),
      };
    },
  },
  LRN: {
    inputs: ['x'],
    output: true,
    gradFunc: (dy, [x, y], attributes) => ({ x: () => runKernel('LRNGrad', { x, y, dy }, attributes) }),
  },
  MaxPool: pooling('MaxPoolGrad', true),
  MaxPool3D: pooling('MaxPool3DGrad', true),
  ResizeBilinear: {
    inputs: ['images'],
    gradFunc: (dy, [images], attributes) => ({
      images: () => runKernel('ResizeBilinearGrad', { dy, images }, attributes),
    }),
  },
  ResizeNearestNeighbor: {
    inputs: ['images'],
    gradFunc: (dy, [images], attributes) => ({
      images: () => runKernel('ResizeNearestNeighborGrad', { dy, images }, attributes),
    }),
  },
};

/**
 * The gradients of a dilated convolution, from those of the plain convolution with the dilated filter.
 *
 * @param plain the gradients of the plain convolution; it gets the dilated filter, and for that filter's gradient its
 *   shape
 */
function undilatedGradients(
  filter: tf.Tensor,
  dilations: readonly number[],
  plain: (dilated: () => tf.Tensor) => { x: () => tf.Tensor; filter: (dilatedShape: number[]) => tf.Tensor },
) {
  const { x, filter: filterGradient } = plain(() => dilatedFilter(filter, dilations));
  const shape = dilatedShape(filter.shape, dilations);
  return { x, filter: () => undilatedGradient(filterGradient(shape), dilations) };
}
