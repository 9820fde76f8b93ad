import { InputError } from '@lrfind/core';

/** The memory of a backend is used up: the model or the batch is too large for it. */
export class MemoryError extends InputError {
  override readonly name = 'MemoryError';
}

let last: MemoryError | undefined;

/** The error for memory that is used up, remembered for {@link lastMemoryError}. */
export function memoryError(message: string): MemoryError {
  last = new MemoryError(message);
  return last;
}

/**
 * The last error about used up memory, if there was one. Kernels of TensorFlow.js's package that cannot allocate may write
 * over other tensors, so whoever finds changed values afterwards knows why.
 */
export function lastMemoryError(): MemoryError | undefined {
  return last;
}
