import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWithin } from '../model/layers-within.js';
import { keepStateElsewhere, type OptimizerState } from '../optimizers/optimizer-state.js';
import type { RuleOptimizer } from '../optimizers/rule-optimizer.js';
import type { SessionOptions } from './session.js';

/** A training of lrfind's, for a callback that searches in the middle of it. */
export interface RunningTraining extends Pick<SessionOptions, 'loss' | 'lossWeights' | 'classWeight'> {
  /** The model itself; callbacks see an object with another optimizer. */
  readonly model: LayersModel;
  readonly batchSize: number;
  /** Lets others train the model meanwhile, who must leave it as they found it. */
  suspended<Result>(action: () => Promise<Result>): Promise<Result>;
}

/** By the optimizer that its callbacks see. */
const running = new WeakMap<object, RunningTraining>();

/** Makes a training known to its callbacks. @param state of the optimizer, which the training keeps itself */
export function announceTraining(
  seen: RuleOptimizer,
  training: RunningTraining,
  state: () => Promise<OptimizerState>,
): void {
  keepStateElsewhere(seen, state);
  running.set(seen, training);
}

/**
 * Pauses the training that a callback listens to, while somebody else trains the model and puts it back: a training of lrfind's, or
 * `model.fit`.
 *
 * @param model as the callback sees it
 * @param action gets the training, if it is one of lrfind's
 */
export async function withTrainingPaused<Result>(
  model: LayersModel,
  action: (training: RunningTraining | undefined) => Promise<Result>,
): Promise<Result> {
  const training = running.get(model.optimizer);
  if (training) return training.suspended(() => action(training));
  const fitted = [...layersWithin(model)].filter(
    (layer) => (layer as { isTraining?: boolean }).isTraining === true,
  ) as unknown as { isTraining: boolean }[];
  for (const each of fitted) each.isTraining = false;
  try {
    return await action(undefined);
  } finally {
    for (const each of fitted) each.isTraining = true;
  }
}
