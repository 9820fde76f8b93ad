import { counted, InputError } from '@lrfind/core';
import type { OptimizerState } from './optimizer-state.js';
import type { ResolvedOptimizer } from './registry.js';
import type { Named } from './update-rule.js';

/** The state of an optimizer as Keras saves it: what `readModel` returns as `optimizerVariables`. */
export interface SavedVariables {
  /** All of it in the file's order; the name is null where the file has none. */
  readonly variables: readonly { readonly name: string | null; readonly values: Float32Array }[];
  /** The trained weights in Keras's order. */
  readonly weights: readonly { readonly name: string; readonly size: number }[];
}

/** Slots of each weight that Keras creates together, and what Keras 2 calls them. */
const MOVING_AVERAGE = { weightAverage: ['average'] };
const ACCUMULATED = { accumulated: ['gradient_accumulator'] };

/**
 * The state of a file's optimizer, for a training that goes on from there.
 *
 * @param optimizer as the file has it: with other parameters the state could not be told apart
 * @param saved from `readModel`
 * @param hasRate whether the rate is a number, which Keras keeps among the variables, rather than a schedule
 * @param label what messages call the state
 * @returns null for a state without a step, and for an optimizer whose state is not read (see `OptimizerCode.kerasSlots`)
 * @throws InputError for a state of another optimizer or of other weights
 */
export function optimizerStateOf(
  { kind, rule, parameters }: ResolvedOptimizer,
  { variables, weights }: SavedVariables,
  hasRate: boolean,
  label = "the optimizer's state in the model file",
): OptimizerState | null {
  const { kerasSlots } = kind.code;
  const [iteration] = variables;
  const steps = iteration?.values[0] ?? Number.NaN;
  if (iteration?.values.length !== 1 || !Number.isInteger(steps) || steps < 0)
    throw new InputError(`${label} must begin with the number of steps; got ${iteration?.values[0] ?? 'nothing'}`);
  if (!kerasSlots || steps === 0) return null;
  const groups = [MOVING_AVERAGE, ACCUMULATED, ...kerasSlots]
    .map((group) => Object.entries(group).filter(([slot]) => slot in rule.slots))
    .filter((group) => group.length > 0);
  const named = variables.some(({ name }) => name !== null && /:\d+$/.test(name));
  const { slots, shared, rate } = named ? byName(variables, groups, weights, label) : inOrder();
  for (const [i, { name, size }] of weights.entries())
    for (const [slot, values] of Object.entries(slots[i] ?? {}))
      if (values.length !== size)
        throw new InputError(`${label} must have ${size} numbers for ${slot} of "${name}"; got ${values.length}`);
  return {
    steps,
    rate: rate ?? Number.NaN,
    shared: { ...kind.code.sharedAfter?.(parameters, steps), ...shared },
    slots: new Map(weights.map(({ name }, i) => [name, slots[i] as Record<string, Float32Array>])),
  };

  /** Keras 3 has no names here, but an order: groups of slots, within each all slots of the first weight, of the second … */
  function inOrder() {
    const wantedSlots = groups.reduce((sum, group) => sum + group.length * weights.length, 0);
    // Keras 2 keeps neither the rate nor what its optimizer has besides slots.
    const isOf2 = variables.length === 1 + wantedSlots;
    const rest = variables.slice(hasRate && !isOf2 ? 2 : 1).map(({ values }) => values);
    const own = isOf2 ? [] : Object.keys(rule.shared).filter((name) => name !== 'accumulatedLoss');
    const wanted = wantedSlots + own.length;
    if (rest.length !== wanted)
      throw new InputError(
        `${label} must have ${counted(wanted, 'variable')} of ${kind.name} for ${counted(weights.length, 'weight')}; got ${rest.length}`,
      );
    const made: Record<string, Float32Array>[] = weights.map(() => ({}));
    for (const group of groups)
      for (const each of made) for (const [slot] of group) each[slot] = rest.shift() as Float32Array;
    const ownNow = Object.fromEntries(own.map((name) => [name, rest.shift()?.[0] ?? Number.NaN]));
    const rate = hasRate && !isOf2 ? variables[1]?.values[0] : undefined;
    return { slots: made, shared: isOf2 ? {} : { ...rule.shared, ...ownNow }, rate };
  }
}

/** Keras 2 names its variables: `Adam/m/dense/kernel:0`, and before 2.11 `Adam/dense/kernel/m:0`. */
function byName(
  variables: SavedVariables['variables'],
  groups: readonly (readonly (readonly [slot: string, names: readonly string[]])[])[],
  weights: SavedVariables['weights'],
  label: string,
) {
  const slots: Record<string, Float32Array>[] = weights.map(() => ({}));
  for (const [slot, names] of groups.flat()) {
    const found = variables.filter(({ name }) => {
      const parts = (name ?? '').replace(/:\d+$/, '').split('/');
      // Within LossScaleOptimizer they have no name of an optimizer before them.
      return parts.length > 2 && [parts[0], parts[1], parts.at(-1)].some((part) => names.includes(part as string));
    });
    if (found.length !== weights.length)
      throw new InputError(
        `${label} must have ${counted(weights.length, 'variable')} called ${names.join(' or ')}, one for each weight; got ${found.length}`,
      );
    for (const [i, { values }] of found.entries()) (slots[i] as Record<string, Float32Array>)[slot] = values;
  }
  const product = variables.find(({ name }) => /(^|\/)(u_product|momentum_cache)(:\d+)?$/.test(name ?? ''))?.values[0];
  const rate = variables.find(({ name }) => /(^|\/)learning_rate(:\d+)?$/.test(name ?? ''))?.values[0];
  const shared: Named<number> = product === undefined ? {} : { product };
  return { slots, shared, rate };
}
