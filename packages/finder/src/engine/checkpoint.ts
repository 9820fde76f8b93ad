import { InputError } from '@lrfind/core';
import type { Evaluation } from '@lrfind/core/results';
import type { CheckpointHeader, TrainingCheckpoint } from '@lrfind/core/study';
import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assignWeights, copyWeights } from '../model/weights.js';
import type { RuleOptimizer } from '../optimizers/rule-optimizer.js';
import type { TrainingStep } from './training-step.js';

/**
 * Stores a training after each epoch, so that a later one can resume it, and with it the model of the last and of the best epoch.
 * `checkpointFolder` of `lrfind` stores it in files; in a browser it may be the IndexedDB.
 *
 * @example
 * let stored: TrainingCheckpoint | null = null;
 * const checkpoint: Checkpoint = {
 *   open: async () => stored,
 *   async save(state, { model, best }) {
 *     await model.save('indexeddb://last');
 *     if (best) await model.save('indexeddb://best');
 *     stored = state;
 *   },
 * };
 */
export interface Checkpoint {
  /**
   * Opens the checkpoint, before the first step.
   *
   * @param header of this training, to be stored with the state
   * @returns the training to resume; null to start a new one
   * @throws InputError when another header is stored, because it belongs to another training
   */
  open(header: CheckpointHeader): Promise<TrainingCheckpoint | null>;
  /**
   * Stores the training after an epoch. When the promise resolves, all of it must be stored durably; when it is interrupted, the
   * state that was stored before must still be there.
   *
   * @param state to resume from
   * @param epoch `model`: with the weights of this epoch, and the moving average in their place if the optimizer keeps one;
   *   `best`: whether its loss is the lowest so far
   */
  save(state: TrainingCheckpoint, epoch: { readonly model: LayersModel; readonly best: boolean }): Promise<void>;
}

/**
 * Whether the last of some evaluations has the lowest loss: on the validation rows, else on the training rows. Of equal ones the
 * first is the best; a loss that is not finite is higher than any other.
 */
export function lastIsBest(evaluations: readonly Evaluation[]): boolean {
  const losses = evaluations.map(
    ({ validation, training }) => (validation ?? training).loss ?? Number.POSITIVE_INFINITY,
  );
  const last = losses.pop();
  return last !== undefined && losses.every((loss) => loss > last);
}

/** Calls a function while the model has the weights that it is evaluated with: the moving average, if the optimizer keeps one. */
export async function withFinalWeights(
  model: LayersModel,
  step: TrainingStep,
  use: () => Promise<void>,
): Promise<void> {
  const trained = copyWeights(model);
  try {
    step.finish();
    await use();
  } finally {
    assignWeights(model, trained);
    dispose(trained);
  }
}

/**
 * What callbacks have set in the optimizer that they see.
 *
 * @param schedule that the training began with; undefined for a plain rate
 * @throws InputError when a callback has replaced it with a function, which cannot be stored
 */
export function savedOptimizer(
  seen: RuleOptimizer,
  schedule: RuleOptimizer['schedule'],
): TrainingCheckpoint['optimizer'] {
  const now = seen.schedule;
  const parameters = { ...seen.parameters };
  if (!now) return { learningRate: seen.learningRate, parameters };
  if (now === schedule) return { learningRate: null, parameters };
  if (!now.config)
    throw new InputError(
      'a training with a checkpoint must have a rate or a schedule with a config; a callback has set optimizer.learningRate to a function',
    );
  return { learningRate: { ...now.config }, parameters };
}

/** Puts back what {@link savedOptimizer} saved. */
export function restoreOptimizer(
  seen: RuleOptimizer,
  { learningRate, parameters }: TrainingCheckpoint['optimizer'],
  steps: number,
): void {
  if (learningRate !== null) seen.learningRate = learningRate as never;
  for (const [name, value] of Object.entries(parameters)) {
    if (seen.parameters[name] !== value) seen.setParameter(name, value);
  }
  seen.continueAt(steps);
}
