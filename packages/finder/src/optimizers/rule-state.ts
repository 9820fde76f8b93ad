import { InputError } from '@lrfind/core';
import { dispose, keep, type Scalar, scalar, type Tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { sharedVariables, slotVariables } from './apply-rule.js';
import type { Named, UpdateRule } from './update-rule.js';

/** A tensor with its name, TensorFlow.js's form of an optimizer's state. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** The state of an update rule, in variables: scalars that all weights share, and the slots of each weight. */
export class RuleState {
  shared: Named<Variable>;
  readonly #rule: Pick<UpdateRule, 'name' | 'slots' | 'shared'>;
  /** By the weight's name; after `restore` by the name at saving. */
  #slots = new Map<string, Named<Variable>>();
  /** Whether the names are still those at saving. */
  #restored = false;
  /** The last result of `save` for the number of steps, kept so that the caller need not free it. */
  #savedSteps: Scalar | undefined;

  constructor(rule: Pick<UpdateRule, 'name' | 'slots' | 'shared'>) {
    this.#rule = rule;
    this.shared = sharedVariables(rule.shared);
  }

  /** The slots of weights that are about to be trained together, made where there are none yet. */
  slotsOf(weights: readonly Variable[]): Named<Variable>[] {
    if (this.#restored) this.#claim(weights);
    return weights.map((weight) => {
      const slots = this.#slots.get(weight.name) ?? slotVariables(this.#rule.slots, weight);
      this.#slots.set(weight.name, slots);
      return slots;
    });
  }

  /** The slots of every weight that was trained, by the weight's name. */
  get slots(): ReadonlyMap<string, Named<Variable>> {
    return this.#slots;
  }

  /** Everything, named; the tensors still belong to this state. */
  save(steps: number): NamedTensor[] {
    this.#savedSteps?.dispose();
    this.#savedSteps = keep(scalar(steps, 'int32'));
    const named = (prefix: string, values: Named<Variable>) =>
      Object.entries(values).map(([name, tensor]) => ({ name: prefix + name, tensor }));
    return [
      { name: 'iter', tensor: this.#savedSteps },
      ...named('shared/', this.shared),
      ...[...this.#slots].flatMap(([weight, slots]) => named(`${weight}/`, slots)),
    ];
  }

  /**
   * Replaces everything by copies of what `save` returned.
   *
   * @returns the number of steps taken
   * @throws InputError when it is not the state of this kind of optimizer
   */
  async restore(saved: readonly NamedTensor[]): Promise<number> {
    this.#check(saved);
    const [iter, ...rest] = saved as [NamedTensor, ...NamedTensor[]];
    const [steps] = await iter.tensor.data();
    const shared = Object.keys(this.#rule.shared);
    const slots = Object.keys(this.#rule.slots);
    this.dispose();
    this.shared = copies(shared, rest);
    for (let i = shared.length; i < rest.length; i += slots.length) {
      const suffix = `/${slots[0]}`;
      this.#slots.set((rest[i] as NamedTensor).name.slice(0, -suffix.length), copies(slots, rest.slice(i)));
    }
    this.#restored = true;
    return steps as number;
  }

  dispose(): void {
    dispose([...this.#slots.values(), this.shared] as never);
    this.#savedSteps?.dispose();
    this.#savedSteps = undefined;
    this.#slots.clear();
    this.shared = {};
  }

  #check(saved: readonly NamedTensor[]): void {
    const shared = Object.keys(this.#rule.shared).map((name) => `shared/${name}`);
    const slots = Object.keys(this.#rule.slots);
    const first = ['iter', ...shared];
    const names = saved.map(({ name }) => name);
    const ofWeights = names.slice(first.length);
    const fits =
      first.every((name, i) => names[i] === name) &&
      (slots.length > 0 ? ofWeights.length % slots.length === 0 : ofWeights.length === 0) &&
      ofWeights.every((name, i) => name.endsWith(`/${slots[i % slots.length]}`));
    if (fits) return;
    const expected = [...first, ...slots.map((slot) => `(weight)/${slot}`)];
    throw new InputError(
      `the state of ${this.#rule.name} must have ${expected.join(', ')}; got ${names.join(', ') || 'nothing'}`,
    );
  }

  /** Matches restored slots to the weights that are trained now: by name, or by order where no name is known. */
  #claim(weights: readonly Variable[]): void {
    const saved = [...this.#slots];
    if (saved.length > 0 && !weights.some(({ name }) => this.#slots.has(name))) {
      if (saved.length !== weights.length) {
        throw new InputError(
          `the optimizer's saved state must have as many weights as are trained, ${weights.length} (${weights[0]?.name}, …); got ${saved.length} (${saved[0]?.[0]}, …)`,
        );
      }
      this.#slots = new Map(saved.map(([, slots], i) => [(weights[i] as Variable).name, slots]));
    }
    for (const { name, shape } of weights) {
      const [slot] = Object.values(this.#slots.get(name) ?? {});
      if (slot && slot.shape.join() !== shape.join()) {
        throw new InputError(`the optimizer's saved state must have shape [${shape}] for ${name}; got [${slot.shape}]`);
      }
    }
    this.#restored = false;
  }
}

/** Variables of these names with copies of the first tensors of a list. */
function copies(names: readonly string[], tensors: readonly NamedTensor[]): Named<Variable> {
  const copy = ({ tensor }: NamedTensor) => tidy(() => variable(tensor.clone(), false));
  return Object.fromEntries(names.map((name, i) => [name, copy(tensors[i] as NamedTensor)]));
}
