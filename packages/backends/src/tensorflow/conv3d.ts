import * as tf from '@tensorflow/tfjs-core';
import { dilatedFilter, dilationOf } from '../gradients/dilation.js';
import { type KernelCall, stock } from './stock.js';

interface Attributes {
  readonly dilations?: number | readonly number[];
}

/** A convolution in three dimensions; TensorFlow has no dilated one on the CPU. */
export function conv3D({ inputs: { x, filter }, backend, attrs }: KernelCall<'x' | 'filter', Attributes>): tf.Tensor {
  const dilations = dilationOf(attrs.dilations, 3);
  if (dilations.every((dilation) => dilation === 1)) return stock('Conv3D', backend, { x, filter }, attrs);
  const wide = () => dilatedFilter(filter, dilations);
  return tf.tidy(() => stock('Conv3D', backend, { x, filter: wide() }, { ...attrs, dilations: 1 }));
}
