import { fill, type Tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import type { Named, UpdateRule } from './update-rule.js';

/** What keeps a weight within bounds, as TensorFlow.js's `maxNorm` does: from a weight to the nearest one that is allowed. */
export interface WeightConstraint {
  apply(weight: Tensor): Tensor;
}

/** A trained weight with its slots; the gradient is missing where the loss does not depend on the weight. */
export interface RuledWeight {
  readonly weight: Variable;
  readonly gradient: Tensor | null | undefined;
  /** What the rule remembers of this weight. */
  readonly slots: Named<Variable>;
  /** Applied to the weight after its update. Default: none. */
  readonly constraint?: WeightConstraint | null | undefined;
}

/**
 * Moves all weights by one step of a rule, applies their constraints, and assigns the slots and the shared scalars. A
 * weight without a gradient stays as it is, and so do its slots. As in Keras, a constraint does not change the slots.
 *
 * @param prepared what `rule.prepare` returned for this step
 * @param before the slots as the rule should see them; the slots themselves by default
 */
export function applyRule(
  rule: UpdateRule,
  weights: Iterable<RuledWeight>,
  shared: Named<Variable>,
  prepared: Named<Tensor>,
  before: (slots: Named<Variable>) => Named<Tensor> = (slots) => slots,
): void {
  const ruled = [...weights];
  const given = ruled.map(({ gradient }) => gradient);
  const gradients = rule.clip?.(given) ?? given;
  for (const [i, { weight, slots, constraint }] of ruled.entries()) {
    const gradient = gradients[i];
    if (!gradient) continue;
    const moved = rule.update(weight, gradient, before(slots), prepared);
    weight.assign((constraint ? constraint.apply(moved.weight) : moved.weight) as never);
    assignVariables(slots, moved.slots);
  }
  assignVariables(shared, prepared);
}

/** A variable for each slot or shared scalar of a rule, filled with its initial value. */
export function variablesFor(initial: Named<number>, shape: number[]): Named<Variable> {
  const made = Object.entries(initial).map(([name, value]) => [name, tidy(() => variable(fill(shape, value), false))]);
  return Object.fromEntries(made);
}

/** Assigns to each variable the value of its name. */
function assignVariables(variables: Named<Variable>, values: Named<Tensor>): void {
  for (const [name, one] of Object.entries(variables)) one.assign(values[name] as never);
}
