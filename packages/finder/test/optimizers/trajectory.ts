import { dispose, mul, scalar, sub, type Tensor, tensor, tidy, variable } from '@tensorflow/tfjs-core';
import { applyRule, sharedVariables, slotVariables } from '../../src/optimizers/apply-rule.js';
import type { UpdateRule } from '../../src/optimizers/update-rule.js';

/** What a trajectory may have besides. */
interface Trajectory {
  readonly losses?: readonly number[];
  readonly names?: readonly string[];
  readonly onStep?: (slots: readonly Readonly<Record<string, Tensor>>[]) => void;
}

/** Names of variables must be unique, also among those that models of other tests have left. */
let made = 0;

/**
 * Trains weights with a rule, one step for each rate, as a training loop would.
 *
 * @param gradient the gradient of a weight (by its position) at a step, from 0
 * @param onEnd gets the slots of all weights after the last step
 * @param more the loss of each step, 1 by default, names of the weights, and what gets the slots after each step
 * @returns for each step all elements of all weights after it
 */
export function trajectory(
  rule: UpdateRule,
  initial: readonly Tensor[],
  rates: readonly number[],
  gradient: (weight: Tensor, position: number, step: number) => Tensor,
  onEnd?: (slots: readonly Readonly<Record<string, Tensor>>[]) => void,
  { losses, names, onStep }: Trajectory = {},
): number[][] {
  const shared = sharedVariables(rule.shared);
  const weights = initial.map((weight, i) => variable(weight, false, names && `${names[i]}_pulled_${made++}`));
  const slots = weights.map((weight) => slotVariables(rule.slots, weight));
  try {
    const steps = rates.map((rate, step) => {
      tidy(() => {
        const prepared = rule.prepare(scalar(rate), scalar(step + 1), shared);
        const ruled = weights.map((weight, i) => ({
          weight,
          gradient: gradient(weight, i, step),
          slots: slots[i] as (typeof slots)[0],
        }));
        applyRule(rule, ruled, shared, prepared, { loss: scalar(losses?.[step] ?? 1) });
      });
      onStep?.(slots);
      return weights.flatMap((weight) => [...weight.dataSync()]);
    });
    onEnd?.(slots);
    return steps;
  } finally {
    dispose([weights, slots, shared] as never);
  }
}

/** Weights that are pulled to targets, as the golden files have them: elements of all weights in one row. */
interface Pulled {
  readonly shapes: readonly number[][];
  readonly initial: readonly number[];
  readonly targets: readonly number[];
  /** By step: what the distance to the target is multiplied with. */
  readonly factors: readonly (readonly number[])[];
}

/** A {@link trajectory} along which the gradient of each element is its factor times its distance from the target. */
export function pulledTrajectory(
  rule: UpdateRule,
  { shapes, initial, targets, factors }: Pulled,
  rates: readonly number[],
  onEnd?: (slots: readonly Readonly<Record<string, Tensor>>[]) => void,
  more?: Trajectory,
): number[][] {
  return tidy(() => {
    const ends = shaped(targets, shapes);
    const pulls = factors.map((each) => shaped(each, shapes));
    const gradient = (weight: Tensor, i: number, step: number) =>
      mul(pulls[step]?.[i] as Tensor, sub(weight, ends[i] as Tensor));
    return trajectory(rule, shaped(initial, shapes), rates, gradient, onEnd, more);
  });
}

/** A row of elements as tensors of these shapes, in order. */
function shaped(elements: readonly number[], shapes: readonly number[][]): Tensor[] {
  let from = 0;
  return shapes.map((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    from += size;
    return tensor(elements.slice(from - size, from), shape);
  });
}
