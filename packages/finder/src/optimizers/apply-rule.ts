import { add, div, fill, type Tensor, tidy, type Variable, variable, where } from '@tensorflow/tfjs-core';
import { selected } from './accumulation.js';
import type { Named, UpdateRule } from './update-rule.js';
import { nextAverage } from './weight-average.js';

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
  /** What `rule.prepare` returned for this weight's own learning rate. Default: that of the other weights. */
  readonly prepared?: Named<Tensor> | undefined;
}

/**
 * Moves all weights by one step of a rule and assigns the slots and the shared scalars. In Keras's order: gradients are
 * accumulated, clipped and applied, then come the moving average and the constraint, which does not change the slots. A
 * weight without a gradient stays as it is, and so do its slots.
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
  const { batchesPerUpdate } = rule;
  const { isUpdate } = prepared;
  const ruled = [...weights];
  const sums = ruled.map(({ gradient, slots }) =>
    gradient && batchesPerUpdate ? add(gradient, slots.accumulated as Variable) : gradient,
  );
  const means = batchesPerUpdate ? sums.map((sum) => sum && div(sum, batchesPerUpdate)) : sums;
  const gradients = rule.clip?.(means) ?? means;
  for (const [i, { weight, slots, constraint, prepared: own = prepared }] of ruled.entries()) {
    const gradient = gradients[i];
    if (!gradient) {
      if (rule.averagesWeights) slots.weightAverage?.assign(weight as never);
      continue;
    }
    const updated = rule.update(weight, gradient, before(slots), own);
    const moved = selected(isUpdate, updated.weight, weight);
    const after: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(updated.slots))
      after[name] = selected(isUpdate, value, slots[name] as Variable);
    if (isUpdate) after.accumulated = where(isUpdate, 0, sums[i] as Tensor);
    if (rule.averagesWeights) after.weightAverage = nextAverage(slots.weightAverage as Variable, moved, prepared);
    const next = prepared.overwrites ? where(prepared.overwrites, after.weightAverage as Tensor, moved) : moved;
    weight.assign((constraint ? constraint.apply(next) : next) as never);
    assignVariables(slots, after);
  }
  for (const [name, value] of Object.entries(shared))
    value.assign(selected(isUpdate, prepared[name] as Tensor, value) as never);
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
