import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { optimizerFromTfjs } from './from-tfjs.js';
import { type OptimizerSpec, type ResolvedOptimizer, resolveOptimizer } from './registry.js';

/** What trains a model when neither the caller nor the model says. */
export const defaultOptimizer = 'adam';

/**
 * The optimizer to sweep with: the caller's, else the compiled model's own, else adam.
 *
 * @returns the optimizer, with a note when it was chosen here
 * @throws InputError for an optimizer that is not known or cannot be mapped exactly
 */
export function resolveModelOptimizer(
  wanted: OptimizerSpec | Optimizer | undefined,
  model: LayersModel,
): ResolvedOptimizer & { readonly notes: readonly string[] } {
  if (wanted !== undefined) {
    const spec = isTfjsOptimizer(wanted) ? optimizerFromTfjs(wanted).spec : wanted;
    return { ...resolveOptimizer(spec), notes: [] };
  }
  const own = model.optimizer as Optimizer | undefined;
  if (own) return { ...resolveOptimizer(optimizerFromTfjs(own).spec), notes: ["optimizer: the compiled model's own"] };
  return { ...resolveOptimizer(defaultOptimizer), notes: [`optimizer: ${defaultOptimizer}, since none was named`] };
}

function isTfjsOptimizer(wanted: OptimizerSpec | Optimizer): wanted is Optimizer {
  return typeof (wanted as Optimizer).applyGradients === 'function';
}
