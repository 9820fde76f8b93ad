import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall } from './heap.js';
import { convolvePatches, patchesFilterGradient, patchesInputGradient } from './patches.js';
import { runTfjsKernel } from './tfjs-kernel.js';
import { convWindows3D } from './windows.js';

interface Conv3DAttributes {
  readonly strides: number | [number, number, number];
  readonly pad: 'valid' | 'same';
  readonly dilations?: number | [number, number, number];
}

/*
 * TensorFlow.js's kernels do not use SIMD, and are wrong: the forward one shifts the windows where convWindows3D says
 * so, the input gradient adds windows that do not contain the position, and the filter gradient skips positions for
 * strides above 1.
 */

/**
 * A 3-D convolution.
 *
 * @param x [batch, depth, height, width, channels]
 * @param filter [filter depth, filter height, filter width, channels, out channels]
 * @returns [batch, out depth, out height, out width, out channels]
 */
export function conv3D({
  inputs: { x, filter },
  backend,
  attrs,
}: KernelCall<'x' | 'filter', Conv3DAttributes>): TensorInfo {
  // With a dilation strides are 1, for which TensorFlow.js's kernel is correct.
  if ([attrs.dilations ?? 1].flat().some((n) => n !== 1)) return runTfjsKernel('Conv3D', backend, { x, filter }, attrs);
  const windows = convWindows3D(x.shape, filter.shape, attrs);
  const product = convolvePatches(x, filter, windows, backend);
  return { ...product, shape: [windows.batch, ...windows.output, windows.outChannels] };
}

/**
 * The gradient of a 3-D convolution with respect to its filter.
 *
 * @param x [batch, depth, height, width, channels]
 * @param dy [batch, out depth, out height, out width, out channels]
 * @returns [filter depth, filter height, filter width, channels, out channels]
 */
export function conv3DBackpropFilter({
  inputs: { x, dy },
  backend,
  attrs,
}: KernelCall<'x' | 'dy', Conv3DAttributes & { filterShape: number[] }>): TensorInfo {
  const windows = convWindows3D(x.shape, attrs.filterShape, attrs);
  return { ...patchesFilterGradient(x, dy, windows, backend), shape: [...attrs.filterShape] };
}

/**
 * The gradient of a 3-D convolution with respect to its input.
 *
 * @param dy [batch, out depth, out height, out width, out channels]
 * @param filter [filter depth, filter height, filter width, channels, out channels]
 * @returns [batch, depth, height, width, channels]
 */
export function conv3DBackpropInput({
  inputs: { dy, filter },
  backend,
  attrs,
}: KernelCall<'dy' | 'filter', Conv3DAttributes & { inputShape: number[] }>): TensorInfo {
  const windows = convWindows3D(attrs.inputShape, filter.shape, attrs);
  return patchesInputGradient(dy, filter, attrs.inputShape, windows, backend);
}
