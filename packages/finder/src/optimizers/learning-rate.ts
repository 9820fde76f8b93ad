import { InputError } from '@lrfind/core';
import type { Optimizer, Scalar } from '@tensorflow/tfjs-core';

/** Internals of TensorFlow.js's optimizers. Types only: several copies of tfjs-core may be loaded. */
interface TfjsInternals {
  learningRate?: unknown;
  setLearningRate?: (rate: number) => void;
  getClassName?: () => string;
  /** Minus the rate, which sgd and momentum compute with; assigning `learningRate` does not change it. */
  c?: Scalar;
  /** Of Adamax. */
  decay?: number;
  iterations?: number;
}

/** Optimizers of TensorFlow.js that read their property `learningRate` at every step. */
const READ_AT_EACH_STEP = ['Adagrad', 'Adadelta', 'Adam', 'Adamax', 'RMSProp'];

/** The rate of each such scalar, so that it is read from the device at most once. */
const rates = new WeakMap<Scalar, number>();

/**
 * Sets the learning rate from the next step on. It works with all optimizers of `tf.train`, of any copy of TensorFlow.js, and
 * with lrfind's. Assigning `optimizer.learningRate` would have no effect on sgd and momentum.
 *
 * @param rate a number of at least 0
 * @throws InputError for another rate, for another kind of object, and for an optimizer whose rate follows a schedule
 *
 * @example
 * setLearningRate(model.optimizer, 0.001);
 */
export function setLearningRate(optimizer: Optimizer, rate: number): void {
  checkRate(rate, 'learningRate');
  const internals = optimizer as unknown as TfjsInternals;
  if (typeof internals?.setLearningRate === 'function') {
    internals.setLearningRate(rate);
    if (internals.c) rates.set(internals.c, rate);
  } else {
    checkClass(internals);
    internals.learningRate = rate * decayOf(internals);
  }
}

/**
 * The learning rate of the next step; of one of lrfind's optimizers whose rate follows a schedule, the schedule's value.
 *
 * @throws InputError for another kind of object, for a rate that is not a number, which TensorFlow.js produces from a model file with a
 *   schedule or with Keras's old name `lr`, and for one that lies on a backend which cannot read at once, as `webgpu` does with that
 *   of `sgd` and `momentum` once they have made a step
 *
 * @example
 * console.log(learningRateOf(model.optimizer)); // 0.01
 */
export function learningRateOf(optimizer: Optimizer): number {
  const internals = optimizer as unknown as TfjsInternals;
  if (internals?.c) return rateFromScalar(internals, internals.c);
  if (typeof internals?.setLearningRate !== 'function') checkClass(internals);
  const rate = internals.learningRate;
  if (typeof rate === 'number') return rate / decayOf(internals);
  throw new InputError(
    `the optimizer's learning rate is ${JSON.stringify(rate)}, not a number; setLearningRate(optimizer, rate) sets one`,
  );
}

/** Reads the rate of an optimizer that keeps it on a device which cannot be read at once, so that {@link learningRateOf} knows it. */
export async function readLearningRate(optimizer: Optimizer): Promise<void> {
  const internals = optimizer as unknown as TfjsInternals;
  if (!internals?.c) return;
  try {
    rateFromScalar(internals, internals.c);
  } catch {
    remember(internals, internals.c, (await internals.c.data())[0] as number);
  }
}

/**
 * Refuses an optimizer whose rate cannot be set, before any training.
 *
 * @throws InputError as `learningRateOf` and `setLearningRate` do
 */
export async function requireSettableRate(optimizer: Optimizer): Promise<void> {
  await readLearningRate(optimizer);
  setLearningRate(optimizer, learningRateOf(optimizer));
}

/** Refuses what is no learning rate. */
export function checkRate(rate: unknown, what: string): asserts rate is number {
  if (typeof rate === 'number' && rate >= 0 && rate < Infinity) return;
  const came = typeof rate === 'number' ? rate : (JSON.stringify(rate) ?? typeof rate);
  throw new InputError(`${what} must be a number of at least 0; got ${came}`);
}

function rateFromScalar(internals: TfjsInternals, constant: Scalar): number {
  const known = rates.get(constant);
  if (known !== undefined) return known;
  let negative: number;
  try {
    negative = constant.dataSync()[0] as number;
  } catch (error) {
    throw new InputError(
      `the learning rate of ${className(internals)} lies on the backend, which cannot read it at once: set it by setLearningRate(optimizer, rate)`,
      { cause: error },
    );
  }
  return remember(internals, constant, negative);
}

function remember({ learningRate }: TfjsInternals, constant: Scalar, negative: number): number {
  const single = -negative;
  // The property has all digits of the rate, unless somebody assigned another.
  const rate = typeof learningRate === 'number' && Math.fround(learningRate) === single ? learningRate : single;
  rates.set(constant, rate);
  return rate;
}

/** The divisor of Adamax's rate at the next step; 1 for all others. RMSProp's `decay` is its ρ. */
function decayOf(internals: TfjsInternals): number {
  if (className(internals) !== 'Adamax' || !internals.decay) return 1;
  return 1 + internals.decay * (internals.iterations ?? 0);
}

function checkClass(internals: TfjsInternals): void {
  const name = className(internals);
  if (name && READ_AT_EACH_STEP.includes(name)) return;
  throw new InputError(
    `the learning rate is known of optimizers of tf.train, of those of optimizer(…) and of any with a method setLearningRate(rate); got ${name ?? typeof internals}`,
  );
}

function className(internals: TfjsInternals): string | undefined {
  return typeof internals?.getClassName === 'function' ? internals.getClassName() : undefined;
}
