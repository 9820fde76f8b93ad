import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { type CompiledFunction, compiledFunction } from './capture/compiled-function.js';
import { currentCompiler } from './use-backend.js';

export type { CompiledFunction };

/**
 * Makes a function from tensors to tensors fast on the current backend, as `tf.function` does in Python: it is recorded
 * during its first two calls, compiled and compared with what it gave eagerly, and runs compiled from then on. Where that
 * cannot be done, or the backend has no compiler, it runs operation by operation with the same results.
 *
 * @param run the function: synchronous, decided by its arguments and `variables` alone. Its effects outside of tensors
 *   happen while it is recorded and compared, and no more afterwards
 * @param variables every variable that it reads or assigns
 * @param calls about how many calls to expect; a long run is worth more work on the program. Leave it out when nobody knows
 * @returns the function, and how it runs; dispose it after use
 */
export function compile(
  run: (inputs: readonly Tensor[]) => Tensor[],
  variables: readonly Variable[],
  calls?: number,
): CompiledFunction {
  return compiledFunction(run, variables, currentCompiler(), calls);
}
