import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall } from './heap.js';
import { kernelChain } from './tfjs-kernel.js';

/**
 * scale · (x − mean) / √(variance + ε) + offset. TensorFlow.js's kernel broadcasts the four along the last axis,
 * whatever their shapes, and does not use SIMD: it takes twice as long.
 *
 * @param x [batch, height, width, channels]
 * @param mean like `variance`, `scale` and `offset` a vector along the last axis, or of a shape that broadcasts
 */
export function fusedBatchNorm({
  inputs,
  backend,
  attrs,
}: KernelCall<'x' | 'mean' | 'variance' | 'scale' | 'offset', { varianceEpsilon: number }>): TensorInfo {
  const { x, mean, variance, scale, offset } = inputs as Partial<typeof inputs> &
    Pick<typeof inputs, 'x' | 'mean' | 'variance'>;
  const { run, scalar, finish } = kernelChain(backend);
  const inverse = run('Rsqrt', { x: run('Add', { a: variance, b: scalar(attrs.varianceEpsilon) }) });
  const factor = scale ? run('Multiply', { a: inverse, b: scale }) : inverse;
  const scaled = run('Multiply', { a: run('Sub', { a: x, b: mean }), b: factor });
  return finish(offset ? run('Add', { a: scaled, b: offset }) : scaled);
}
