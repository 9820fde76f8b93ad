import { type Optimizer, type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { RULE_OPTIMIZER, type RuleOptimizer } from './rule-optimizer.js';
import type { NamedTensor } from './rule-state.js';
import type { Named, UpdateRule } from './update-rule.js';

/** How far an optimizer is: what its next step depends on besides the weights. All of it is copied. */
export interface OptimizerState {
  /** Steps taken. */
  readonly steps: number;
  /** The rate of the next step; velocities were made at it. */
  readonly rate: number;
  /** The scalars that all weights share, by name. */
  readonly shared: Named<number>;
  /** The slots of each weight, by the weight's name. */
  readonly slots: ReadonlyMap<string, Named<Float32Array>>;
}

/** Where TensorFlow.js's optimizers keep what a slot holds, by class and by the end of the name; a function has the sign of Keras's velocity. */
const TFJS_SLOTS: Readonly<Record<string, Readonly<Record<string, string | TfjsSlot>>>> = {
  SGD: {},
  Momentum: { momentum: { slot: 'velocity', factor: (rate) => -rate } },
  Adam: { m: 'momentum', v: 'velocity' },
  RMSProp: { rms: 'velocity', momentum: 'momentum', mg: 'average' },
  Adagrad: { accumulator: 'accumulator' },
};

/** A slot in another unit: Keras's velocity is a step, TensorFlow.js's a sum of gradients. */
interface TfjsSlot {
  readonly slot: string;
  readonly factor: (rate: number) => number;
}

/** Where the state of an optimizer is while a training of lrfind's applies the rule itself. */
const elsewhere = new WeakMap<object, () => Promise<OptimizerState>>();

/** Says where the state of an optimizer that callbacks see is. */
export function keepStateElsewhere(optimizer: RuleOptimizer, read: () => Promise<OptimizerState>): void {
  elsewhere.set(optimizer, read);
}

/**
 * The state of an optimizer that has taken steps: of lrfind's, or of one of `tf.train`'s whose state TensorFlow.js can read and
 * whose arithmetic has the same slots (not adamax, which it cannot read, nor adadelta, whose own is one step behind).
 *
 * @returns null of one that has taken no step, and of one whose state cannot be read
 */
export async function optimizerState(optimizer: Optimizer): Promise<OptimizerState | null> {
  const kept = elsewhere.get(optimizer);
  if (kept) return kept();
  const steps = optimizer.iterations;
  if (steps === 0) return null;
  if (optimizer.getClassName() === RULE_OPTIMIZER) {
    const { shared, slots } = (optimizer as RuleOptimizer).stateNow();
    const read = await Promise.all(
      Object.entries(shared).map(async ([name, value]) => [name, (await value.data())[0] as number] as const),
    );
    return {
      steps,
      rate: (optimizer as RuleOptimizer).learningRate,
      shared: Object.fromEntries(read),
      slots: new Map(
        await Promise.all([...slots].map(async ([weight, named]) => [weight, await copied(named)] as const)),
      ),
    };
  }
  return stateOfTfjs(optimizer, steps);
}

async function stateOfTfjs(optimizer: Optimizer, steps: number): Promise<OptimizerState | null> {
  const known = TFJS_SLOTS[optimizer.getClassName()];
  const rate = (optimizer as { learningRate?: unknown }).learningRate;
  if (!known || typeof rate !== 'number') return null;
  const [iterations, ...variables] = await optimizer.getWeights();
  // TensorFlow.js makes it for the caller; the others are its own.
  iterations?.tensor.dispose();
  const slots = new Map<string, Record<string, Float32Array>>();
  for (const { name, tensor: values } of variables as NamedTensor[]) {
    const end = name.lastIndexOf('/');
    const found = known[name.slice(end + 1)];
    if (!found) continue;
    const { slot, factor } = typeof found === 'string' ? { slot: found, factor: () => 1 } : found;
    const numbers = Float32Array.from(await values.data(), (value) => value * factor(rate));
    slots.set(name.slice(0, end), { ...slots.get(name.slice(0, end)), [slot]: numbers });
  }
  return { steps, rate, shared: {}, slots };
}

async function copied(named: Named<Tensor>): Promise<Named<Float32Array>> {
  const entries = Object.entries(named).map(
    async ([name, values]) => [name, Float32Array.from(await values.data())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Reads the state of a training whose variables the caller holds. @param weights those that the rule updates, with their slots */
export async function stateOfVariables(
  { steps, rate }: Pick<OptimizerState, 'steps' | 'rate'>,
  weights: readonly Variable[],
  slots: readonly Named<Variable>[],
  shared: Named<Variable>,
): Promise<OptimizerState> {
  const read = await copied(shared);
  return {
    steps,
    rate,
    shared: Object.fromEntries(Object.entries(read).map(([name, [value]]) => [name, value as number])),
    slots: new Map(
      await Promise.all(weights.map(async ({ name }, i) => [name, await copied(slots[i] as Named<Variable>)] as const)),
    ),
  };
}

/**
 * The part of a state that the weights of a training have: matched by name, or by order where no name is known, as when an optimizer's
 * state was loaded next to another model. A weight that the state does not know, such as that of a new head, begins with new slots.
 *
 * @returns null where nothing of it fits, so that all slots are new
 */
export function stateFor(
  state: OptimizerState,
  rule: UpdateRule,
  weights: readonly { readonly name: string; readonly size: number }[],
): OptimizerState | null {
  const names = Object.keys(rule.slots);
  const known = weights.some(({ name }) => state.slots.has(name));
  const inOrder = [...state.slots.values()];
  const entries = weights.flatMap(({ name, size }, i): [string, Named<Float32Array>][] => {
    const slots = known ? state.slots.get(name) : inOrder.length === weights.length ? inOrder[i] : undefined;
    const fits = slots !== undefined && names.every((slot) => slots[slot]?.length === size);
    return fits ? [[name, slots]] : [];
  });
  if (entries.length === 0 && names.length > 0) return null;
  return { ...state, slots: new Map(entries) };
}

/** Puts a state in place of the initial values. */
export function assignState(
  state: OptimizerState,
  weights: readonly Variable[],
  slots: readonly Named<Variable>[],
  shared: Named<Variable>,
): void {
  for (const [i, { name, shape }] of weights.entries())
    for (const [slot, values] of Object.entries(state.slots.get(name) ?? {}))
      tidy(() => slots[i]?.[slot]?.assign(tensor(values, shape)));
  for (const [name, value] of Object.entries(state.shared)) tidy(() => shared[name]?.assign(tensor(value)));
}
