import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { free } from './heap.js';
import { stock } from './stock.js';
import type { ConvAttributes } from './windows.js';

/*
 * The convolutions of the wasm backend know [batch, height, width, channels] alone. For [batch, channels, height, width]
 * (NCHW) the tensors are transposed on the way in and out.
 */

/** Runs `compute` on a tensor in the NHWC layout, whichever it has. */
export function withChannelsLast(
  x: TensorInfo,
  attrs: ConvAttributes,
  backend: BackendWasm,
  compute: (x: TensorInfo) => TensorInfo,
): TensorInfo {
  if (attrs.dataFormat !== 'NCHW') return compute(x);
  const moved = stock('Transpose', backend, { x }, { perm: [0, 2, 3, 1] });
  const result = compute(moved);
  free(backend, moved);
  return result;
}

/** Brings a result into the layout that the attributes name; takes it over. */
export function asLaidOut(result: TensorInfo, attrs: ConvAttributes, backend: BackendWasm): TensorInfo {
  if (attrs.dataFormat !== 'NCHW') return result;
  const moved = stock('Transpose', backend, { x: result }, { perm: [0, 3, 1, 2] });
  free(backend, result);
  return moved;
}

/** The same attributes for tensors in the NHWC layout; an `inputShape` among them is brought into it too. */
export function channelsLast<Attributes extends ConvAttributes & { inputShape?: readonly number[] }>(
  attrs: Attributes,
): Attributes {
  if (attrs.dataFormat !== 'NCHW') return attrs;
  const last = <T>([batch, channels, height, width]: readonly T[]) => [batch, height, width, channels];
  return {
    ...attrs,
    dataFormat: 'NHWC',
    ...(Array.isArray(attrs.pad) && { pad: last(attrs.pad) }),
    ...(attrs.inputShape && { inputShape: last(attrs.inputShape) }),
  };
}
