import { dispose, scalar, type Tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { applyRule, variablesFor } from '../../src/optimizers/apply-rule.js';
import type { UpdateRule } from '../../src/optimizers/update-rule.js';

/**
 * Trains weights with a rule, one step for each rate, as a training loop would.
 *
 * @param gradient the gradient of a weight (by its position) at a step, from 0
 * @param onEnd gets the slots of all weights after the last step
 * @returns for each step all elements of all weights after it
 */
export function trajectory(
  rule: UpdateRule,
  initial: readonly Tensor[],
  rates: readonly number[],
  gradient: (weight: Tensor, position: number, step: number) => Tensor,
  onEnd?: (slots: readonly Readonly<Record<string, Tensor>>[]) => void,
): number[][] {
  const shared = variablesFor(rule.shared, []);
  const weights = initial.map((weight) => variable(weight, false));
  const slots = weights.map((weight) => variablesFor(rule.slots, weight.shape));
  try {
    const steps = rates.map((rate, step) => {
      tidy(() => {
        const prepared = rule.prepare(scalar(rate), scalar(step + 1), shared);
        const ruled = weights.map((weight, i) => ({
          weight,
          gradient: gradient(weight, i, step),
          slots: slots[i] as (typeof slots)[0],
        }));
        applyRule(rule, ruled, shared, prepared);
      });
      return weights.flatMap((weight) => [...weight.dataSync()]);
    });
    onEnd?.(slots);
    return steps;
  } finally {
    dispose([weights, slots, shared] as never);
  }
}
