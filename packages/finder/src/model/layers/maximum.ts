import { cast, customGrad, div, equal, max, mul, squeeze, sum, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The maximum along axes. Equal maxima share the gradient, as in Keras; TensorFlow.js gives each of them all of it.
 *
 * @param keepDims whether the axes stay, with length 1
 */
export function sharedMax(x: Tensor, axes: number[], keepDims: boolean): Tensor {
  const maximum = customGrad((given, save) => {
    const input = given as Tensor;
    const value = max(input, axes, true);
    (save as (tensors: Tensor[]) => void)([input, value]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [before, top] = saved as [Tensor, Tensor];
      const isTop = cast(equal(before, top), 'float32');
      return mul(dy, div(isTop, sum(isTop, axes, true)));
    };
    return { value, gradFunc };
  });
  const value = maximum(x);
  return keepDims ? value : squeeze(value, axes);
}
