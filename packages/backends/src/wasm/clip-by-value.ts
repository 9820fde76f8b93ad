import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { floats, type KernelCall } from './heap.js';
import { runTfjsKernel } from './tfjs-kernel.js';

/**
 * Clips to [clipValueMin, clipValueMax]. TensorFlow.js's kernel turns NaN into the lower bound, so the clipped
 * cross-entropy of a model that has diverged looks like a loss of 16.1; and it reads integers as floats.
 */
export function clipByValue({
  inputs: { x },
  backend,
  attrs,
}: KernelCall<'x', { clipValueMin: number; clipValueMax: number }>): TensorInfo {
  const result = backend.makeOutput(x.shape, x.dtype);
  clip(backend.typedArrayFromHeap(x), attrs.clipValueMin, attrs.clipValueMax, backend.typedArrayFromHeap(result));
  return result;
}

/** Clips to [0, 6]. TensorFlow.js's kernel turns NaN into 0. */
export function relu6({ inputs: { x }, backend }: KernelCall<'x'>): TensorInfo {
  if (x.dtype !== 'float32') return runTfjsKernel('Relu6', backend, { x });
  const result = backend.makeOutput(x.shape, 'float32');
  clip(floats(backend, x), 0, 6, floats(backend, result));
  return result;
}

function clip<Values extends backend_util.TypedArray>(
  values: Values,
  lowest: number,
  highest: number,
  result: Values,
): void {
  for (let i = 0; i < values.length; i++) {
    let value = values[i] as number;
    // NaN fails both comparisons and stays NaN.
    if (value < lowest) value = lowest;
    else if (value > highest) value = highest;
    result[i] = value;
  }
}
