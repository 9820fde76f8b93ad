import type { backend_util } from '@tensorflow/tfjs-core';

/** The attributes of a 2-D convolution and of its gradients. */
export interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The attributes for tensors in the NHWC layout. Explicit paddings and an `inputShape` are permuted too. */
export function channelsLast<Attributes extends ConvAttributes & { inputShape?: readonly number[] }>(
  attrs: Attributes,
): Attributes {
  if (attrs.dataFormat !== 'NCHW') return attrs;
  const permuted = <T>([batch, channels, height, width]: readonly T[]) => [batch, height, width, channels];
  return {
    ...attrs,
    dataFormat: 'NHWC',
    ...(Array.isArray(attrs.pad) && { pad: permuted(attrs.pad) }),
    ...(attrs.inputShape && { inputShape: permuted(attrs.inputShape) }),
  };
}
