import type { TensorInfo } from '@tensorflow/tfjs-core';
import { free, type KernelCall, sizeOf } from './heap.js';
import { stock } from './stock.js';

/**
 * scale · (x − mean) / √(variance + ε) + offset. The stock kernel repeats the four along the last axis, whatever their
 * shapes say.
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
  const channels = x.shape.at(-1);
  const given = [mean, variance, scale, offset].filter((tensor) => tensor !== undefined && tensor !== null);
  const alongLast = (tensor: TensorInfo) =>
    sizeOf(tensor.shape) === tensor.shape.at(-1) && tensor.shape.at(-1) === channels;
  if (given.every(alongLast)) return stock('FusedBatchNorm', backend, inputs, attrs);
  const epsilon = stock('Fill', backend, {}, { shape: [], value: attrs.varianceEpsilon, dtype: 'float32' });
  const steps = [epsilon];
  const then = (name: string, named: Record<string, TensorInfo>) => {
    const result = stock(name, backend, named);
    steps.push(result);
    return result;
  };
  const inverse = then('Rsqrt', { x: then('Add', { a: variance, b: epsilon }) });
  const factor = scale ? then('Multiply', { a: inverse, b: scale }) : inverse;
  const centred = then('Sub', { a: x, b: mean });
  const scaled = then('Multiply', { a: centred, b: factor });
  const result = offset ? then('Add', { a: scaled, b: offset }) : scaled;
  free(backend, ...steps.filter((step) => step !== result));
  return result;
}
