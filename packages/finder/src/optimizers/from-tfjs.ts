import { InputError } from '@lrfind/core';
import { type FoundOptimizer, optimizerFromConfig } from './from-training-config.js';
import { RULE_OPTIMIZER, type RuleOptimizer } from './rule-optimizer.js';

/** What is asked of a TensorFlow.js optimizer: any copy or version of tfjs-core's fits, also by type. */
export interface TfjsOptimizer {
  getClassName(): string;
  getConfig(): object;
}

/**
 * Reads the kind, options and current learning rate of a TensorFlow.js optimizer, such as `model.optimizer`, or of one of
 * ours. It is recognised by its class's name and never by `instanceof`, since several copies of tfjs-core may be loaded.
 *
 * The options are the same; the arithmetic that `resolveOptimizer` gives is Keras's. That is TensorFlow.js's too, up to
 * rounding, for sgd, momentum at a constant rate, adagrad, adamax and plain rmsprop. Its adam adds ε after the bias
 * correction, its centered rmsprop has the sign of ε wrong (and soon gives NaN), and its adadelta lags one step behind,
 * which makes its first steps far longer: a rate found for adadelta does not carry over to `tf.train.adadelta`.
 *
 * What was assigned is believed, also where TensorFlow.js itself goes on with the old value: `learningRate` of sgd and
 * momentum set without `setLearningRate`, and `setMomentum`.
 *
 * @throws InputError for anything that is no optimizer, a class of the user's own, and Adamax with `decay`
 */
export function optimizerFromTfjs(optimizer: TfjsOptimizer): FoundOptimizer {
  if (typeof optimizer?.getClassName !== 'function' || typeof optimizer.getConfig !== 'function') {
    throw new InputError(
      `optimizer must be a TensorFlow.js optimizer such as tf.train.adam(); got ${typeof optimizer === 'object' ? 'an object without getClassName() and getConfig()' : typeof optimizer}`,
    );
  }
  const className = optimizer.getClassName();
  // A subclass inherits its parent's class name while its updates may be anything.
  if (!Object.hasOwn(optimizer.constructor, 'className')) {
    throw new InputError(
      `optimizer is of a class derived from ${className}, whose update is not known: name the optimizer to use instead, such as "adam" or {"name":"sgd","momentum":0.9}`,
    );
  }
  if (className === RULE_OPTIMIZER) {
    const { name, parameters, learningRate } = optimizer as RuleOptimizer;
    return { spec: { name, ...parameters }, rate: learningRate };
  }
  return optimizerFromConfig(className, optimizer.getConfig(), `optimizer ${className}`);
}
