import { getBackend } from '@tensorflow/tfjs-core';

/** How much numbers may differ where a backend's bits depend on the number of threads, in shares of the largest of an array. */
const TOLERANCE = 1e-3;

/**
 * Whether two trainings have come to the same state: the same bits on a backend that promises them, nearly the same numbers on
 * TensorFlow.
 */
export function sameValues(first: readonly Float32Array[], second: readonly Float32Array[]): boolean {
  const tolerance = getBackend() === 'wasm' ? 0 : TOLERANCE;
  return (
    first.length === second.length && first.every((values, i) => close(values, second[i] as Float32Array, tolerance))
  );
}

function close(first: Float32Array, second: Float32Array, tolerance: number): boolean {
  if (first.length !== second.length) return false;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < first.length; i++) {
    const a = first[i] as number;
    const b = second[i] as number;
    largest = Math.max(largest, Math.abs(a));
    if (!Object.is(a, b)) difference = Math.max(difference, Math.abs(a - b));
  }
  // Not of NaN, which is no difference.
  return difference === 0 || difference <= tolerance * largest;
}
