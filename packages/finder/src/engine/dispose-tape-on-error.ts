import { dispose, engine } from '@tensorflow/tfjs-core';

/**
 * Runs a step, and frees what TensorFlow.js leaves behind when a gradient is interrupted: the tensors that its tape saved
 * for the way back.
 */
export function releasingTape<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0) {
      for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
      state.activeTape = [];
    }
    throw error;
  }
}
