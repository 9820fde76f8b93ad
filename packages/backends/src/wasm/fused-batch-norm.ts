import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall } from './heap.js';
import { stockChain } from './stock.js';

/**
 * scale · (x − mean) / √(variance + ε) + offset. The stock kernel repeats the four along the last axis, whatever their
 * shapes say, and is scalar: half as fast.
 *
 * @param x [batch, height, width, channels]
 * @param mean as `variance`, `scale` and `offset` a vector of the last axis, or a shape that repeats along axes of length 1
 */
export function fusedBatchNorm({
  inputs,
  backend,
  attrs,
}: KernelCall<'x' | 'mean' | 'variance' | 'scale' | 'offset', { varianceEpsilon: number }>): TensorInfo {
  const { x, mean, variance, scale, offset } = inputs as Partial<typeof inputs> &
    Pick<typeof inputs, 'x' | 'mean' | 'variance'>;
  const { then, scalar: number, result } = stockChain(backend);
  const inverse = then('Rsqrt', { x: then('Add', { a: variance, b: number(attrs.varianceEpsilon) }) });
  const factor = scale ? then('Multiply', { a: inverse, b: scale }) : inverse;
  const scaled = then('Multiply', { a: then('Sub', { a: x, b: mean }), b: factor });
  return result(offset ? then('Add', { a: scaled, b: offset }) : scaled);
}
