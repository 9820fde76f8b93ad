import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bits, floats, type KernelCall } from './heap.js';
import { kernelChain } from './tfjs-kernel.js';

/*
 * Gradients of activations, each in one kernel where TensorFlow.js's gradients call three to five: for the small
 * tensors of recurrent layers the calls cost more than the arithmetic. Where TensorFlow has the operation, the kernel
 * has its name.
 */

/** dy where x is positive, else 0; NaN for NaN. */
export function reluGrad({ inputs: { dy, x }, backend }: KernelCall<'dy' | 'x'>): TensorInfo {
  const { run, finish } = kernelChain(backend);
  return finish(run('Multiply', { a: dy, b: run('Step', { x }, { alpha: 0 }) }));
}

/** dy · y · (1 − y) for y = sigmoid(x). */
export function sigmoidGrad({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): TensorInfo {
  const { run, scalar, finish } = kernelChain(backend);
  return finish(run('Multiply', { a: dy, b: run('Multiply', { a: y, b: run('Sub', { a: scalar(1), b: y }) }) }));
}

/** dy · (1 − y²) for y = tanh(x). */
export function tanhGrad({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): TensorInfo {
  const { run, scalar, finish } = kernelChain(backend);
  return finish(run('Multiply', { a: dy, b: run('Sub', { a: scalar(1), b: run('Square', { x: y }) }) }));
}

/**
 * dy where x is in [clipValueMin, clipValueMax], else 0, also for NaN. A loop of its own, because TensorFlow.js's
 * comparisons do not use SIMD.
 */
export function clipByValueGrad({
  inputs: { dy, x },
  backend,
  attrs: { clipValueMin, clipValueMax },
}: KernelCall<'dy' | 'x', { clipValueMin: number; clipValueMax: number }>): TensorInfo {
  const result = backend.makeOutput(dy.shape, 'float32');
  const values = backend.typedArrayFromHeap(x);
  const dyBits = bits(floats(backend, dy));
  const resultBits = bits(floats(backend, result));
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // A mask rather than a branch, which the processor could not predict.
    resultBits[i] = (dyBits[i] as number) & -(Number(value >= clipValueMin) & Number(value <= clipValueMax));
  }
  return result;
}
