import { InputError } from '@lrfind/core';
import { type FoundOptimizer, optimizerFromConfig } from './from-training-config.js';
import { RULE_OPTIMIZER, type RuleOptimizer } from './rule-optimizer.js';

/** A TensorFlow.js optimizer, of any copy or version of tfjs-core. */
export interface TfjsOptimizer {
  getClassName(): string;
  getConfig(): object;
}

/**
 * Reads the kind, options and current learning rate of a TensorFlow.js optimizer, such as `model.optimizer`, or of one of
 * lrfind's. It recognises the class by name, not by `instanceof`, because several copies of tfjs-core may be loaded.
 *
 * `resolveOptimizer` makes the optimizer with the same options and Keras's arithmetic. TensorFlow.js's arithmetic is the same, up
 * to rounding, for sgd, momentum at a constant rate, adagrad, adamax and plain rmsprop. Its adam adds ε after the bias
 * correction. Its centered rmsprop has the wrong sign of ε, and soon gives NaN. Its adadelta is one step behind, which makes
 * the first steps far longer, so a rate for adadelta does not suit `tf.train.adadelta`.
 *
 * Assigned values count, even where TensorFlow.js itself still uses the old one: `learningRate` of sgd and momentum set
 * without `setLearningRate`, and `setMomentum`.
 *
 * @throws InputError for another kind of object and for a class of the caller's own
 *
 * @example
 * const { spec, rate } = optimizerFromTfjs(tf.train.momentum(0.01, 0.9));
 * console.log(spec, rate); // { name: 'sgd', momentum: 0.9, nesterov: false } 0.01
 */
export function optimizerFromTfjs(optimizer: TfjsOptimizer): FoundOptimizer {
  if (typeof optimizer?.getClassName !== 'function' || typeof optimizer.getConfig !== 'function') {
    throw new InputError(
      `optimizer must be a TensorFlow.js optimizer such as tf.train.adam(); got ${typeof optimizer === 'object' ? 'an object without getClassName() and getConfig()' : typeof optimizer}`,
    );
  }
  const className = optimizer.getClassName();
  // A subclass inherits the class name of its parent, but may update weights in any way.
  if (!Object.hasOwn(optimizer.constructor, 'className')) {
    throw new InputError(
      `optimizer must be of a known class; got a class derived from ${className}: name the optimizer to use instead, such as "adam" or {"name":"sgd","momentum":0.9}`,
    );
  }
  if (className === RULE_OPTIMIZER) {
    const { name, parameters, learningRate } = optimizer as RuleOptimizer;
    return { spec: { name, ...parameters }, rate: learningRate };
  }
  return optimizerFromConfig(className, optimizer.getConfig(), `optimizer ${className}`);
}
