import type { Optimizer, Scalar } from '@tensorflow/tfjs-core';
import { InputError } from '@lrfind/core';

/** Internals of TensorFlow.js's optimizers. Types only: several copies of tfjs-core may be loaded. */
interface TfjsInternals {
  learningRate?: unknown;
  setLearningRate?: (rate: number) => void;
  getClassName?: () => string;
  /** Minus the rate, from which sgd and momentum compute; an assigned `learningRate` does not reach it. */
  c?: Scalar;
  /** Of Adamax. */
  decay?: number;
  iterations?: number;
}

/** Those of TensorFlow.js that read their property `learningRate` at every step. */
const READ_AT_EACH_STEP = ['Adagrad', 'Adadelta', 'Adam', 'Adamax', 'RMSProp'];

/** The rate that belongs to each constant of an sgd, so that it is fetched from the device once at most. */
const rates = new WeakMap<Scalar, number>();

/**
 * Sets the learning rate with which the optimizer takes its next step. It works on all optimizers of `tf.train`, of any
 * copy of TensorFlow.js, and on ours. Assigning `optimizer.learningRate` would do nothing on sgd and momentum.
 *
 * @param rate a number of at least 0
 * @throws InputError for another rate, for what is no such optimizer, and for one whose rate follows a schedule
 */
export function setLearningRate(optimizer: Optimizer, rate: number): void {
  checkRate(rate, 'the learning rate');
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
 * The learning rate with which the optimizer will take its next step; for one of ours whose rate follows a schedule, the
 * schedule's value for that step.
 *
 * @throws InputError for what is no such optimizer, and for one whose rate is not a number, which is what TensorFlow.js
 *   makes of a model file with a schedule or with Keras's old name `lr`
 */
export function learningRateOf(optimizer: Optimizer): number {
  const internals = optimizer as unknown as TfjsInternals;
  if (internals?.c) return rateFromScalar(internals, internals.c);
  if (typeof internals?.setLearningRate !== 'function') checkClass(internals);
  const rate = internals.learningRate;
  if (typeof rate === 'number') return rate / decayOf(internals);
  throw new InputError(
    `the optimizer's learning rate is ${JSON.stringify(rate)}, not a number: setLearningRate(optimizer, rate) mends it`,
  );
}

/**
 * Refuses an optimizer whose rate cannot be set, before an epoch is spent with it.
 *
 * @throws InputError as `learningRateOf` and `setLearningRate` do
 */
export function requireSettableRate(optimizer: Optimizer): void {
  setLearningRate(optimizer, learningRateOf(optimizer));
}

/** Refuses a rate that no step can be taken with. */
export function checkRate(rate: unknown, what: string): asserts rate is number {
  if (typeof rate === 'number' && rate >= 0 && rate < Infinity) return;
  const came = typeof rate === 'number' ? rate : (JSON.stringify(rate) ?? typeof rate);
  throw new InputError(`${what} must be a number of at least 0; got ${came}`);
}

function rateFromScalar({ learningRate }: TfjsInternals, constant: Scalar): number {
  const known = rates.get(constant);
  if (known !== undefined) return known;
  const single = -(constant.dataSync()[0] as number);
  // The property holds all digits of the rate, unless somebody assigned it.
  const rate = typeof learningRate === 'number' && Math.fround(learningRate) === single ? learningRate : single;
  rates.set(constant, rate);
  return rate;
}

/** By what Adamax divides its rate at the next step; 1 for all others. RMSProp calls its ρ `decay`, which is another thing. */
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
