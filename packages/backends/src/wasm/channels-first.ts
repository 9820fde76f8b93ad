import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvAttributes } from '../kernels/convolution.js';
import { free } from './heap.js';
import { runTfjsKernel } from './tfjs-kernel.js';

/*
 * The convolutions of TensorFlow.js's wasm backend support only the layout [batch, height, width, channels] (NHWC). For
 * [batch, channels, height, width] (NCHW) tensors are transposed before and after.
 */

/** Calls `compute` with a tensor in the NHWC layout, transposed where the attributes say NCHW. */
export function withChannelsLast(
  x: TensorInfo,
  attrs: ConvAttributes,
  backend: BackendWasm,
  compute: (x: TensorInfo) => TensorInfo,
): TensorInfo {
  if (attrs.dataFormat !== 'NCHW') return compute(x);
  const transposed = runTfjsKernel('Transpose', backend, { x }, { perm: [0, 2, 3, 1] });
  const result = compute(transposed);
  free(backend, transposed);
  return result;
}

/** Transposes an NHWC result to the layout of the attributes. Frees the argument where it returns another tensor. */
export function toDataFormat(result: TensorInfo, attrs: ConvAttributes, backend: BackendWasm): TensorInfo {
  if (attrs.dataFormat !== 'NCHW') return result;
  const transposed = runTfjsKernel('Transpose', backend, { x: result }, { perm: [0, 3, 1, 2] });
  free(backend, result);
  return transposed;
}
