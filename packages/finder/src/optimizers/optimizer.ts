import { serialization } from '@tensorflow/tfjs-core';
import { type LearningRate, RuleOptimizer } from './rule-optimizer.js';

/** The learning rate and the parameters of an optimizer; those that are left out take Keras's defaults. */
export interface OptimizerOptions {
  /** A number, a schedule, or any function from the number of the step (from 0) to the rate. */
  readonly learningRate?: LearningRate;
  readonly [parameter: string]: unknown;
}

/**
 * An optimizer for `model.compile` with Keras's numbers, for every row of the table of optimizers:
 * `optimizer('adamw', { learningRate: 0.01, weightDecay: 0.1 })`.
 *
 * @param name a name from the table; upper and lower case alike
 * @throws InputError for an unknown name or parameter, or a value out of range
 */
export function optimizer(name: string, { learningRate, ...parameters }: OptimizerOptions = {}): RuleOptimizer {
  return new RuleOptimizer({ ...parameters, name }, learningRate);
}

// So that TensorFlow.js can load a model that was saved with `includeOptimizer`.
serialization.registerClass(RuleOptimizer as never);
