import { engine, type NamedTensorMap, Optimizer, scalar, type serialization, tidy, type Variable } from '@tensorflow/tfjs-core';
import { InputError } from '@lrfind/core';
import { resolveSchedule, type Schedule, type ScheduleSpec } from '@lrfind/core/schedules';
import { type OptimizerSpec, resolveOptimizer } from './registry.js';
import { checkRate } from './learning-rate.js';
import { type NamedTensor, RuleState } from './rule-state.js';
import { applyRule } from './apply-rule.js';
import { setMomentum } from './set-momentum.js';
import type { Named, UpdateRule } from './update-rule.js';

/**
 * A rate for all steps, or one for each: a schedule in any of its forms, such as a text (`cosine(0.1, steps=1000)`) or any
 * function from the number of the step (from 0) to the rate.
 */
export type LearningRate = ScheduleSpec;

/** How model files call it: a name of our own, since those of Keras belong to TensorFlow.js's optimizers. */
export const RULE_OPTIMIZER = 'LrfindOptimizer';

/**
 * An optimizer for `model.compile` that moves the weights by an update rule of ours, hence with Keras's numbers.
 * `optimizer(…)` makes one.
 */
export class RuleOptimizer extends Optimizer {
  static readonly className = RULE_OPTIMIZER;

  /** Its name in the table of optimizers. */
  readonly name: string;
  #parameters: Named<number | boolean>;
  #rule: UpdateRule;
  #rate: number | Schedule;
  #state: RuleState;

  constructor(spec: OptimizerSpec, learningRate?: LearningRate) {
    super();
    const { kind, parameters, rule } = resolveOptimizer(spec);
    this.name = kind.name;
    this.#parameters = parameters;
    this.#rule = rule;
    this.#rate = checkLearningRate(learningRate === undefined ? kind.defaultRate : learningRate);
    this.#state = new RuleState(rule);
    this.iterations_ = 0;
  }

  /** Every parameter but the rate. */
  get parameters(): Named<number | boolean> {
    return this.#parameters;
  }

  /** Changes a parameter from the next step on; what the optimizer remembers stays. */
  setParameter(parameter: string, value: number | boolean): void {
    const { parameters, rule } = resolveOptimizer({ ...this.#parameters, [parameter]: value, name: this.name });
    if (Object.keys(rule.slots).join() !== Object.keys(this.#rule.slots).join()) {
      throw new InputError(
        `${this.name}.${parameter} cannot become ${value} in the middle of a training: the optimizer would have to remember other things`,
      );
    }
    this.#parameters = parameters;
    this.#rule = rule;
  }

  /** The rate of the next step. Assigning a number or a schedule replaces what the rate followed before. */
  get learningRate(): number {
    if (typeof this.#rate === 'number') return this.#rate;
    const rate: unknown = this.#rate(this.iterations);
    checkRate(rate, `the learning rate that the schedule gives for step ${this.iterations}`);
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
   * @throws InputError when the rate follows a schedule, which a number would end without a word
   */
  setLearningRate(rate: number): void {
    if (this.schedule) {
      throw new InputError(
        `the learning rate of this ${this.name} follows a schedule and cannot be set to ${rate}: make the optimizer with a number, or end the schedule with optimizer.learningRate = ${rate}`,
      );
    }
    this.learningRate = rate;
  }

  /**
   * The rate and the momentum of the next step, which counts as taken: for a training that applies the rule itself, and in which
   * this optimizer is what callbacks look at and set.
   */
  takeStep(): { readonly rate: number; readonly momentum: number | undefined } {
    const rate = this.learningRate;
    const momentum = this.schedule?.momentum?.(this.iterations) ?? this.#rule.momentum;
    this.incrementIterations();
    return { rate, momentum };
  }

  applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    // A weight that the loss does not depend on has no gradient; it stays, and so do its slots.
    const moving = named.filter(({ tensor }) => tensor);
    const weights = moving.map(({ name }) => registered(name));
    const rate = this.learningRate;
    const momentum = this.schedule?.momentum?.(this.iterations);
    if (momentum !== undefined) setMomentum(this, momentum);
    const slots = this.#state.slotsOf(weights);
    const { shared } = this.#state;
    tidy(() => {
      const prepared = this.#rule.prepare(scalar(rate), scalar(this.iterations + 1), shared);
      const ruled = moving.map(({ tensor }, i) => ({
        weight: weights[i] as Variable,
        gradient: tensor,
        slots: slots[i] as Named<Variable>,
      }));
      applyRule(this.#rule, ruled, shared, prepared);
    });
    this.incrementIterations();
  }

  /**
   * The whole state: the number of steps taken, the scalars that all weights share, and the slots of each weight, named
   * `weight/slot`. As with TensorFlow.js's own optimizers the tensors stay the optimizer's and change with it: clone what
   * has to stay as it is.
   */
  override async getWeights(): Promise<NamedTensor[]> {
    return this.#state.save(this.iterations);
  }

  /**
   * Takes over what `getWeights` of the same kind of optimizer gave; the values are copied. Slots find their weights by name
   * at the next step, or by their order where no name is known, as when a model is loaded beside the one it was saved from.
   *
   * @throws InputError when it is not the state of this kind of optimizer
   */
  override async setWeights(state: NamedTensor[]): Promise<void> {
    this.iterations_ = await this.#state.restore(state);
  }

  /** @throws InputError when the rate follows a function that does not know how it was made, which no file can hold */
  getConfig(): serialization.ConfigDict {
    const { schedule } = this;
    if (schedule && !schedule.config) {
      throw new InputError(
        'the learning rate follows a function of your own, which cannot be saved: end it with optimizer.learningRate = a number, or save without the optimizer',
      );
    }
    const learningRate = schedule?.config ?? this.learningRate;
    return { name: this.name, learningRate, ...this.#parameters } as serialization.ConfigDict;
  }

  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    // TensorFlow.js puts `customObjects` beside what was saved.
    const { learningRate, customObjects: _, ...spec } = config;
    return new cls(spec, learningRate);
  }

  override dispose(): void {
    this.#state.dispose();
  }
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
  if (!found) throw new InputError(`there is no variable named ${JSON.stringify(name)} to train`);
  return found;
}
