import {
  concat,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  depthwiseConv2d,
  expandDims,
  pad,
  reshape,
  slice,
  split,
  squeeze,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';

/** How a kernel moves over its input, a number for each axis of space. */
export interface Steps {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: string;
}

/** A row of numbers for an option that may be one number for all axes. */
export function perAxis(option: unknown, rank: number, otherwise = 1): number[] {
  const list = [option ?? otherwise].flat() as number[];
  return list.length === 1 ? Array<number>(rank).fill(list[0] as number) : list;
}

/**
 * A convolution over one, two or three axes with TensorFlow.js's unfused kernels, which have gradients for every option.
 *
 * @param x [batch, …space, channels]
 * @param kernel [...space, channels / groups, filters]
 */
export function convolved(x: Tensor, kernel: Tensor, steps: Steps): Tensor {
  const groups = (x.shape.at(-1) as number) / (kernel.shape.at(-2) as number);
  // A channel for each group is a kernel that TensorFlow.js has; hundreds of convolutions one after the other are slow.
  const isDepthwise = groups > 1 && kernel.shape.at(-2) === 1 && x.rank < 5;
  if (isDepthwise && steps.strides.every((stride) => stride === steps.strides[0]))
    return depthwise(x, reshape(kernel, [...kernel.shape.slice(0, -2), groups, -1]), steps);
  if (groups > 1) {
    const kernels = split(kernel, groups, -1);
    const parts = split(x, groups, -1).map((part, i) => convolved(part, kernels[i] as Tensor, steps));
    return concat(parts, x.rank - 1);
  }
  const { strides, dilations } = steps;
  const [input, padding] = paddedBefore(x, kernel, steps);
  if (x.rank === 3)
    return squeeze(
      conv2d(
        expandDims(input, 1) as Tensor4D,
        expandDims(kernel, 0) as Tensor4D,
        [1, strides[0] as number],
        padding,
        'NHWC',
        [1, dilations[0] as number],
      ),
      [1],
    );
  if (x.rank === 4)
    return conv2d(
      input as Tensor4D,
      kernel as Tensor4D,
      strides as [number, number],
      padding,
      'NHWC',
      dilations as never,
    );
  return conv3d(input as Tensor5D, kernel as Tensor5D, strides as never, padding, 'NDHWC', dilations as never);
}

/**
 * A convolution of each channel by itself, over one or two axes.
 *
 * @param kernel [...space, channels, multiplier]
 */
export function depthwise(x: Tensor, kernel: Tensor, steps: Steps): Tensor {
  const { strides, dilations } = steps;
  const [input, padding] = paddedBefore(x, kernel, steps);
  if (x.rank === 4)
    return depthwiseConv2d(
      input as Tensor4D,
      kernel as Tensor4D,
      strides as never,
      padding,
      'NHWC',
      dilations as never,
    );
  // TensorFlow wants equal strides; the axis of length 1 has one place in any case.
  const [stride, dilation] = [strides[0] as number, dilations[0] as number];
  const [image, filter] = [expandDims(input, 1) as Tensor4D, expandDims(kernel, 0) as Tensor4D];
  const made = depthwiseConv2d(image, filter, [stride, stride], padding, 'NHWC', [1, dilation]);
  return squeeze(made, [1]);
}

/** Causal padding: a step sees none after it. TensorFlow.js has none. */
function paddedBefore(x: Tensor, kernel: Tensor, { dilations, padding }: Steps): [Tensor, 'same' | 'valid'] {
  if (padding !== 'causal') return [x, padding as 'same' | 'valid'];
  const before = ((kernel.shape[0] as number) - 1) * (dilations[0] as number);
  const padded = pad(
    x,
    x.shape.map((_, i) => [i === 1 ? before : 0, 0]),
  );
  return [padded, 'valid'];
}

/** The length that a convolution leaves of an axis; null where it is open. */
export function convolvedLength(
  length: number | null,
  size: number,
  { strides, dilations, padding }: Steps,
  axis: number,
) {
  if (length === null) return null;
  const stride = strides[axis] as number;
  const spread = (size - 1) * (dilations[axis] as number);
  return Math.floor((padding === 'valid' ? length - spread - 1 : length - 1) / stride) + 1;
}

/** The length that a transposed convolution makes of an axis, as Keras counts it. */
export function transposedLength(
  length: number | null,
  size: number,
  { strides, dilations, padding }: Steps,
  axis: number,
  outputPadding: number | null,
): number | null {
  if (length === null) return null;
  const [stride, dilation] = [strides[axis] as number, dilations[axis] as number];
  const spread = size + (size - 1) * (dilation - 1);
  if (outputPadding === null) return length * stride + (padding === 'valid' ? Math.max(spread - stride, 0) : 0);
  const cut = padding === 'same' ? 2 * Math.floor(spread / 2) : 0;
  return (length - 1) * stride + spread - cut + outputPadding;
}

/**
 * A transposed convolution over one, two or three axes. Its kernel is spread by hand, since TensorFlow.js leaves dilations out.
 *
 * @param kernel [...space, filters, channels]
 * @param outputPadding how much longer the output is than it must be; null for Keras's own choice
 */
export function transposed(x: Tensor, kernel: Tensor, steps: Steps, outputPadding: readonly (number | null)[]): Tensor {
  const rank = x.rank - 2;
  const { strides, dilations, padding } = steps;
  const lengths = Array.from({ length: rank }, (_, i) =>
    transposedLength(x.shape[i + 1] as number, kernel.shape[i] as number, steps, i, outputPadding[i] ?? null),
  ) as number[];
  const shape = [x.shape[0] as number, ...lengths, kernel.shape[rank] as number];
  const filter = spread(kernel, dilations);
  const pads = padding as 'same' | 'valid';
  if (rank === 3) return conv3dTranspose(x as Tensor5D, filter as Tensor5D, shape as never, strides as never, pads);
  if (rank === 2) return conv2dTranspose(x as Tensor4D, filter as Tensor4D, shape as never, strides as never, pads);
  const [batch, length, filters] = shape as [number, number, number];
  const image = conv2dTranspose(
    expandDims(x, 1) as Tensor4D,
    expandDims(filter, 0) as Tensor4D,
    [batch, 1, length, filters],
    [1, strides[0] as number],
    pads,
  );
  return squeeze(image, [1]);
}

/** A kernel with zeros between its places. */
function spread(kernel: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce((made, dilation, axis) => {
    if (dilation === 1) return made;
    const { shape } = made;
    const apart = pad(
      expandDims(made, axis + 1),
      [...shape, 1].map((_, i) => [0, i === axis + 1 ? dilation - 1 : 0]),
    );
    const wide = reshape(
      apart,
      shape.map((length, i) => (i === axis ? length * dilation : length)),
    );
    return slice(
      wide,
      shape.map(() => 0),
      wide.shape.map((length, i) => (i === axis ? length - dilation + 1 : length)),
    );
  }, kernel);
}
