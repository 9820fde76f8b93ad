import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bits, floats, type KernelCall } from './heap.js';
import { stockChain } from './stock.js';

/*
 * Slopes of activations, each one kernel where TensorFlow.js's gradients call three to five: for the small tensors of
 * recurrent layers the calls cost more than the numbers. All have the names that these operations have in TensorFlow, where
 * it has them.
 */

/** dy where x is positive, else 0; NaN for NaN. */
export function reluGrad({ inputs: { dy, x }, backend }: KernelCall<'dy' | 'x'>): TensorInfo {
  const { then, result } = stockChain(backend);
  return result(then('Multiply', { a: dy, b: then('Step', { x }, { alpha: 0 }) }));
}

/** dy · y · (1 − y) for y = sigmoid(x). */
export function sigmoidGrad({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): TensorInfo {
  const { then, scalar, result } = stockChain(backend);
  return result(then('Multiply', { a: dy, b: then('Multiply', { a: y, b: then('Sub', { a: scalar(1), b: y }) }) }));
}

/** dy · (1 − y²) for y = tanh(x). */
export function tanhGrad({ inputs: { dy, y }, backend }: KernelCall<'dy' | 'y'>): TensorInfo {
  const { then, scalar, result } = stockChain(backend);
  return result(then('Multiply', { a: dy, b: then('Sub', { a: scalar(1), b: then('Square', { x: y }) }) }));
}

/** dy where x lies in [clipValueMin, clipValueMax], else 0, also for NaN. The stock comparisons are scalar. */
export function clipByValueGrad({
  inputs: { dy, x },
  backend,
  attrs: { clipValueMin, clipValueMax },
}: KernelCall<'dy' | 'x', { clipValueMin: number; clipValueMax: number }>): TensorInfo {
  const result = backend.makeOutput(dy.shape, 'float32');
  const values = backend.typedArrayFromHeap(x);
  const slopes = bits(floats(backend, dy));
  const slots = bits(floats(backend, result));
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // A mask and no branch, which could not be foretold.
    slots[i] = (slopes[i] as number) & -(Number(value >= clipValueMin) & Number(value <= clipValueMax));
  }
  return result;
}
