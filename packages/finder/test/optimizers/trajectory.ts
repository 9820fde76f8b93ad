import { fill, scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Named, UpdateRule } from '../../src/optimizers/update-rule.js';

/**
 * Trains weights with a rule, one step for each rate, as a training loop would.
 *
 * @param gradient the gradient of a weight (by its position) at a step, from 0
 * @returns for each step all elements of all weights after it
 */
export function trajectory(
  rule: UpdateRule,
  initial: readonly Tensor[],
  rates: readonly number[],
  gradient: (weight: Tensor, position: number, step: number) => Tensor,
): number[][] {
  return tidy(() => {
    const filled = (values: Named<number>, shape: number[]): Named<Tensor> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(shape, value)]));
    let shared = filled(rule.shared, []);
    let states = initial.map((weight) => ({ weight, slots: filled(rule.slots, weight.shape) }));
    return rates.map((rate, step) => {
      const prepared = rule.prepare(scalar(rate), scalar(step + 1), shared);
      shared = Object.fromEntries(Object.keys(shared).map((name) => [name, prepared[name] as Tensor]));
      const gradients = states.map(({ weight }, i) => gradient(weight, i, step));
      const clipped = rule.clip?.(gradients) ?? gradients;
      states = states.map(({ weight, slots }, i) => rule.update(weight, clipped[i] as Tensor, slots, prepared));
      return states.flatMap(({ weight }) => [...weight.dataSync()]);
    });
  });
}
