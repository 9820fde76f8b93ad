import { add, div, fill, mul, scalar, type Tensor, tidy, type Variable, variable, where } from '@tensorflow/tfjs-core';
import { selected } from './accumulation.js';
import type { Named, SlotStart, UpdateRule } from './update-rule.js';
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

/** What a step may add to the weights. */
export interface AppliedOptions {
  /** The loss of the batch, a scalar, for a rule that uses it. */
  readonly loss?: Tensor | undefined;
  /** The slots as the rule should see them. Default: the slots themselves. */
  readonly before?: ((slots: Named<Variable>) => Named<Tensor>) | undefined;
}

/**
 * Moves all weights by one step of a rule and assigns the slots and the shared scalars. In Keras's order: gradients are
 * accumulated, clipped and applied, then come the moving average and the constraint, which changes only slots that hold
 * weights. A weight without a gradient stays as it is, and so do its slots.
 *
 * @param prepared what `rule.prepare` returned for this step
 */
export function applyRule(
  rule: UpdateRule,
  weights: Iterable<RuledWeight>,
  shared: Named<Variable>,
  prepared: Named<Tensor>,
  { loss, before = (slots) => slots }: AppliedOptions = {},
): void {
  const { batchesPerUpdate, weightSlots = [] } = rule;
  const { isUpdate } = prepared;
  const ruled = [...weights];
  const sums = ruled.map(({ gradient, slots }) =>
    gradient && batchesPerUpdate ? add(gradient, slots.accumulated as Variable) : gradient,
  );
  const means = batchesPerUpdate ? sums.map((sum) => sum && div(sum, batchesPerUpdate)) : sums;
  const gradients = rule.clip?.(means) ?? means;
  const moving = ruled.map((each, i) => {
    const gradient = gradients[i];
    return gradient && { ...each, gradient, slots: before(each.slots), prepared: each.prepared ?? prepared };
  });
  const lossSum = batchesPerUpdate && rule.usesLoss && add(loss as Tensor, shared.accumulatedLoss as Variable);
  const meanLoss = lossSum ? div(lossSum, batchesPerUpdate) : loss;
  const present = moving.filter((each) => each !== null && each !== undefined);
  // Of weights of which none has a gradient there is nothing to compute.
  const joint = present.length > 0 ? rule.together?.(present, shared, prepared, meanLoss as Tensor) : undefined;
  for (const [i, { weight, slots, constraint }] of ruled.entries()) {
    const move = moving[i];
    if (!move) {
      if (prepared.averageMomentum) slots.weightAverage?.assign(weight as never);
      continue;
    }
    const updated = rule.update(weight, move.gradient, move.slots, { ...move.prepared, ...joint }, weight.name);
    const moved = selected(isUpdate, updated.weight, weight);
    const after: Record<string, Tensor> = {};
    for (const [name, value] of Object.entries(updated.slots)) {
      const allowed = constraint && weightSlots.includes(name) ? constraint.apply(value) : value;
      after[name] = selected(isUpdate, allowed, slots[name] as Variable);
    }
    if (isUpdate) after.accumulated = where(isUpdate, 0, sums[i] as Tensor);
    if (prepared.averageMomentum) after.weightAverage = nextAverage(slots.weightAverage as Variable, moved, prepared);
    const next = prepared.overwrites ? where(prepared.overwrites, after.weightAverage as Tensor, moved) : moved;
    weight.assign((constraint ? constraint.apply(next) : next) as never);
    assignVariables(slots, after);
  }
  const scalars: Named<Tensor> = { ...prepared, ...joint };
  const nextShared = Object.entries(shared).map(([name, value]) => [
    name,
    name === 'accumulatedLoss'
      ? where(isUpdate as Tensor, 0, lossSum as Tensor)
      : selected(isUpdate, scalars[name] ?? value, value),
  ]);
  assignVariables(shared, Object.fromEntries(nextShared));
}

/** A variable for each slot of a weight, with its initial value. */
export function slotVariables(starts: Named<SlotStart>, weight: Tensor): Named<Variable> {
  const made = Object.entries(starts).map(([name, start]) => [
    name,
    tidy(() => variable(slotStart(start, weight), false)),
  ]);
  return Object.fromEntries(made);
}

/** A variable for each shared scalar of a rule, with its initial value. */
export function sharedVariables(starts: Named<number>): Named<Variable> {
  return Object.fromEntries(
    Object.entries(starts).map(([name, start]) => [name, tidy(() => variable(scalar(start), false))]),
  );
}

/** The initial value of a slot. */
export function slotStart(start: SlotStart, weight: Tensor): Tensor {
  // Not a clone, which would share the weight's memory and change with it.
  return start === 'weight' ? mul(weight, 1) : fill(weight.shape, start);
}

/** Assigns to each variable the value of its name, unless that is the variable itself, which would free it. */
function assignVariables(variables: Named<Variable>, values: Named<Tensor>): void {
  for (const [name, one] of Object.entries(variables)) if (values[name] !== one) one.assign(values[name] as never);
}
