import { isObject } from '@lrfind/core';
import { optimizerStateOf, type SavedVariables } from './from-file-state.js';
import { type FoundOptimizer, optimizerFromTrainingConfig } from './from-training-config.js';
import { type ResolvedOptimizer, resolveOptimizer } from './registry.js';

/** The optimizer of a model file. */
export interface SavedOptimizer {
  /** For `findLearningRate` and `train`, which go on from its state where the file has one. */
  readonly optimizer: ResolvedOptimizer;
  /** The rate that it was compiled with, or the schedule; `undefined` where the file has neither. */
  readonly rate: FoundOptimizer['rate'];
}

/**
 * The optimizer that a model file was compiled with, and the state that it had come to.
 *
 * @param file from `readModel`
 * @returns null for a file that was not compiled
 * @throws InputError for an optimizer, an option or a state that lrfind does not have
 *
 * @example
 * // What readModel returns has these fields too.
 * const trainingConfig = { optimizer_config: { class_name: 'Adam', config: { learning_rate: 0.01, beta_1: 0.95 } } };
 * const saved = savedOptimizer({ trainingConfig, hasWeights: true });
 * console.log(saved.optimizer.parameters.beta1, saved.rate); // 0.95 0.01
 */
export function savedOptimizer({
  trainingConfig,
  hasWeights,
  optimizerVariables,
}: {
  readonly trainingConfig: unknown;
  readonly hasWeights: boolean;
  readonly optimizerVariables?: SavedVariables | undefined;
}): SavedOptimizer | null {
  if (!isObject(trainingConfig) || trainingConfig.optimizer_config == null) return null;
  const { spec, rate } = optimizerFromTrainingConfig(trainingConfig);
  const optimizer = resolveOptimizer(spec);
  if (!hasWeights || !optimizerVariables) return { optimizer, rate };
  const state = optimizerStateOf(optimizer, optimizerVariables, typeof rate === 'number') ?? undefined;
  return { optimizer: { ...optimizer, state }, rate };
}
