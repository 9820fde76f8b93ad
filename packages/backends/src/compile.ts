import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { currentCompiler } from './registry.js';
import { type CompiledFunction, compiledFunction } from './trace/compiled-function.js';

export type { CompiledFunction };

/**
 * Makes a function from tensors to tensors fast on the current backend, as `tf.function` does in Python. Its first two
 * calls are traced, or the first alone with `isPure`. The trace is compiled and compared with the eager results; later
 * calls run compiled. Where that is not possible, or the backend has no compiler, it runs eagerly, operation by operation,
 * with the same results.
 *
 * @param run the function. It must be synchronous, and its results must depend on its arguments and `variables` alone.
 *   Side effects other than assigning `variables` happen while it is traced and compared, and never afterwards
 * @param variables every variable that it reads or assigns
 * @param calls number of calls to expect, if known; a long run is worth more compilation
 * @param isPure whether its results are known to depend on its arguments and `variables` alone. Default: that is found out
 *   by comparing two traces
 * @returns the function, and how it runs; dispose it after use
 *
 * @example
 * const square = compile(([x]) => [tf.mul(x, x)], []);
 * const [nine] = square.call([tf.scalar(3)]);
 */
export function compile(
  run: (inputs: readonly Tensor[]) => Tensor[],
  variables: readonly Variable[],
  calls?: number,
  isPure?: boolean,
): CompiledFunction {
  return compiledFunction(run, variables, currentCompiler(), calls, isPure);
}
