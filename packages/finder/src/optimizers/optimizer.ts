import { assertOptions } from '@lrfind/core';
import { serialization } from '@tensorflow/tfjs-core';
import { optimizerNamed, resolveOptimizer } from './registry.js';
import { type LearningRate, RuleOptimizer } from './rule-optimizer.js';

/** The learning rate and the parameters of an optimizer; the defaults are Keras's. */
export interface OptimizerOptions {
  /** A number, a schedule, or any function from the number of the step (from 0) to the rate. */
  readonly learningRate?: LearningRate;
  readonly [parameter: string]: unknown;
}

/**
 * Makes an optimizer for `model.compile`, with Keras's numbers and every parameter that Keras has.
 *
 * @param name a name from `optimizers`, in upper or lower case
 * @throws InputError for an unknown name or parameter, or a value out of range
 *
 * @example
 * const adam = optimizer('adam', { learningRate: 'cosine(0.004, steps=1000, warmup=100)', beta1: 0.95 });
 * model.compile({ optimizer: adam, loss: 'meanSquaredError' });
 */
export function optimizer(name: string, options: OptimizerOptions = {}): RuleOptimizer {
  const kind = optimizerNamed(String(name));
  const known = ['learningRate', ...Object.keys(kind?.parameters.properties ?? {})];
  if (kind) assertOptions(options, known, 'options', (option) => `${kind.name}.${option}`);
  const { learningRate, ...parameters } = options;
  return new RuleOptimizer(resolveOptimizer({ ...parameters, name }), learningRate);
}

// TensorFlow.js then loads models that were saved with `includeOptimizer`.
serialization.registerClass(RuleOptimizer as never);
