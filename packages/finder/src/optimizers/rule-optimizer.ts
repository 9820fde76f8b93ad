import { InputError, isObject } from '@lrfind/core';
import { resolveSchedule, type Schedule, type ScheduleSpec } from '@lrfind/core/schedules';
import {
  engine,
  keep,
  mul,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  scalar,
  type serialization,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { applyRule } from './apply-rule.js';
import { constraintOf, notingConstraints } from './constraints.js';
import { checkRate } from './learning-rate.js';
import { type OptimizerSpec, type ParameterValue, type ResolvedOptimizer, resolveOptimizer } from './registry.js';
import { type NamedTensor, RuleState } from './rule-state.js';
import { setMomentum } from './set-momentum.js';
import type { Named, UpdateRule } from './update-rule.js';

/**
 * A rate for all steps, or one for each: a schedule in any of its forms, such as a text (`cosine(0.1, steps=1000)`) or any
 * function from the number of the step (from 0) to the rate.
 */
export type LearningRate = ScheduleSpec;

/** Its class name in model files. Keras's names belong to TensorFlow.js's optimizers. */
export const RULE_OPTIMIZER = 'LrfindOptimizer';

/**
 * An optimizer for `model.compile` that updates weights by one of lrfind's update rules, with Keras's numbers. `optimizer(…)` makes
 * one.
 */
export class RuleOptimizer extends Optimizer {
  static readonly className = RULE_OPTIMIZER;

  /** Its name in the table of optimizers. */
  readonly name: string;
  #parameters: Named<ParameterValue>;
  #rule: UpdateRule;
  #rate: number | Schedule;
  #state: RuleState;
  /** The loss of the gradients that were computed last, until they are applied; of a rule that uses it. */
  #loss: Scalar | undefined;

  constructor({ kind, parameters, rule }: ResolvedOptimizer, learningRate?: LearningRate) {
    super();
    this.name = kind.name;
    this.#parameters = parameters;
    this.#rule = rule;
    this.#rate = checkLearningRate(learningRate === undefined ? kind.defaultRate : learningRate);
    this.#state = new RuleState(rule);
    this.iterations_ = 0;
  }

  /** Every parameter but the rate. */
  get parameters(): Named<ParameterValue> {
    return this.#parameters;
  }

  /** Changes a parameter from the next step on; the optimizer's state stays. */
  setParameter(parameter: string, value: ParameterValue): void {
    const { parameters, rule } = resolveOptimizer({ ...this.#parameters, [parameter]: value, name: this.name });
    if (Object.keys(rule.slots).join() !== Object.keys(this.#rule.slots).join()) {
      throw new InputError(
        `${this.name}.${parameter} must not become ${value} during a training, because the optimizer would need other state`,
      );
    }
    this.#parameters = parameters;
    this.#rule = rule;
  }

  /** The rate of the next step. Assigning a number or a schedule replaces what the rate followed before. */
  get learningRate(): number {
    if (typeof this.#rate === 'number') return this.#rate;
    const rate: unknown = this.#rate(this.iterations);
    checkRate(rate, `the learning rate of the schedule at step ${this.iterations}`);
    return rate;
  }

  set learningRate(rate: LearningRate) {
    this.#rate = checkLearningRate(rate);
  }

  /** The schedule that the rate follows, if it follows one. */
  get schedule(): Schedule | undefined {
    return typeof this.#rate === 'number' ? undefined : this.#rate;
  }

  /**
   * Sets the rate of all further steps.
   *
   * @throws InputError when the rate follows a schedule, which a number would silently replace
   */
  setLearningRate(rate: number): void {
    if (this.schedule) {
      throw new InputError(
        `the learning rate of this ${this.name} follows a schedule and cannot be set to ${rate}: make the optimizer with a number, or replace the schedule with optimizer.learningRate = ${rate}`,
      );
    }
    this.learningRate = rate;
  }

  /**
   * Rate and momentum of the next step, which then counts as taken. `train` applies the rule itself and uses this optimizer only
   * for what callbacks read and set.
   */
  takeStep(): { readonly rate: number; readonly momentum: number | undefined } {
    const rate = this.learningRate;
    const momentum = this.schedule?.momentum?.(this.iterations) ?? this.#rule.momentum;
    this.incrementIterations();
    return { rate, momentum };
  }

  /** Counts so many steps as taken, as when a training is resumed. */
  continueAt(steps: number): void {
    this.iterations_ = steps;
  }

  override computeGradients(loss: () => Scalar, variables?: Variable[]): { value: Scalar; grads: NamedTensorMap } {
    const computed = notingConstraints(() => super.computeGradients(loss, variables));
    if (this.#rule.usesLoss) {
      this.#forgetLoss();
      this.#loss = keep(computed.value.clone());
    }
    return computed;
  }

  /**
   * Moves each weight against its gradient, and applies the weight's constraint (`kernelConstraint` and so on). The
   * constraint is known once `minimize` or `computeGradients` of an lrfind optimizer has computed a loss with the weight, as
   * `model.fit` does in each step.
   *
   * @throws InputError where the optimizer needs the loss, and `minimize` or `computeGradients` has not computed it
   */
  applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    // A weight that the loss does not depend on has no gradient.
    const moving = named.filter(({ tensor }) => tensor);
    const weights = moving.map(({ name }) => registered(name));
    const rate = this.learningRate;
    const momentum = this.schedule?.momentum?.(this.iterations);
    if (momentum !== undefined) setMomentum(this, momentum);
    const loss = this.#loss;
    if (this.#rule.usesLoss && !loss) {
      throw new InputError(
        `${this.name} must know the loss of the gradients: call minimize(), or computeGradients() of this optimizer before applyGradients()`,
      );
    }
    const slots = this.#state.slotsOf(weights);
    const { shared } = this.#state;
    tidy(() => {
      const prepared = this.#rule.prepare(scalar(rate), scalar(this.iterations + 1), shared);
      const ruled = moving.map(({ tensor }, i) => ({
        weight: weights[i] as Variable,
        gradient: tensor,
        slots: slots[i] as Named<Variable>,
        constraint: constraintOf(weights[i] as Variable),
      }));
      applyRule(this.#rule, ruled, shared, prepared, { loss });
    });
    this.#forgetLoss();
    this.incrementIterations();
  }

  /**
   * Puts the average of the weights in their place. With `useEma`, Keras's `fit` ends so, and the Schedule-Free optimizers are
   * made to end so; after `model.fit` of TensorFlow.js, call it yourself. `train` and `compare` do it. Of an optimizer that keeps
   * no average, nothing happens.
   */
  finalizeVariableValues(): void {
    if (!this.#rule.averagesWeights) return;
    // A copy: the average goes on changing in a later fit.
    for (const [name, { weightAverage }] of this.#state.slots)
      tidy(() => registered(name).assign(mul(weightAverage as Variable, 1)));
  }

  /**
   * The whole state: the number of steps taken, the scalars that all weights share, and the slots of each weight, named
   * `weight/slot`. As with TensorFlow.js's own optimizers, the tensors belong to the optimizer and change with it: clone what
   * must not change.
   */
  override async getWeights(): Promise<NamedTensor[]> {
    return this.#state.save(this.iterations);
  }

  /**
   * Copies the state that `getWeights` of the same kind of optimizer returned. At the next step slots are matched to weights by
   * name, or by order where no name is known, as when a saved model is loaded next to the original.
   *
   * @throws InputError for the state of another kind of optimizer
   */
  override async setWeights(state: NamedTensor[]): Promise<void> {
    this.iterations_ = await this.#state.restore(state);
  }

  /** @throws InputError when the rate follows a function without a `config`, which cannot be saved */
  getConfig(): serialization.ConfigDict {
    const { schedule } = this;
    if (schedule && !schedule.config) {
      throw new InputError(
        'the learning rate follows a function without a config, which cannot be saved: replace it with optimizer.learningRate = a number, or save without the optimizer',
      );
    }
    const learningRate = schedule?.config ?? this.learningRate;
    return { name: this.name, learningRate, ...savedParameters(this.#parameters) } as serialization.ConfigDict;
  }

  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    // TensorFlow.js adds `customObjects` to what was saved.
    const { learningRate, customObjects: _, ...spec } = config;
    return new cls(resolveOptimizer(readParameters(spec) as OptimizerSpec), learningRate);
  }

  /** The state itself, not a copy: the scalars that all weights share, and the slots of each weight, by the weight's name. */
  stateNow(): { readonly shared: Named<Variable>; readonly slots: ReadonlyMap<string, Named<Variable>> } {
    return { shared: this.#state.shared, slots: this.#state.slots };
  }

  override dispose(): void {
    this.#forgetLoss();
    this.#state.dispose();
  }

  #forgetLoss(): void {
    this.#loss?.dispose();
    this.#loss = undefined;
  }
}

/** Parameters as TensorFlow.js saves them. It changes the spelling of texts, except for those that are called `name`. */
function savedParameters(parameters: Named<ParameterValue>): object {
  const saved = Object.entries(parameters).map(([key, value]) => [
    key,
    typeof value === 'object' ? value.map((name) => ({ name })) : value,
  ]);
  return Object.fromEntries(saved);
}

/** Puts back what {@link savedParameters} changed. */
export function readParameters(saved: object): object {
  const nameOf = (item: unknown) => (isObject(item) && typeof item.name === 'string' ? item.name : item);
  const read = Object.entries(saved).map(([key, value]) => [key, Array.isArray(value) ? value.map(nameOf) : value]);
  return Object.fromEntries(read);
}

function checkLearningRate(rate: LearningRate): number | Schedule {
  if (typeof rate === 'number') {
    checkRate(rate, 'learningRate, unless it is a schedule or a function from the step to the rate,');
    return rate;
  }
  try {
    return resolveSchedule(rate);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`learningRate: ${error.message}`) : error;
  }
}

function registered(name: string) {
  const found = engine().registeredVariables[name];
  if (!found) throw new InputError(`gradients must be of registered variables; got ${JSON.stringify(name)}`);
  return found;
}
