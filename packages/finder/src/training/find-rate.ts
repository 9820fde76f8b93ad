import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SplitRows } from '../data/split-rows.js';
import { findLearningRate } from '../find-learning-rate.js';
import type { LossOption } from '../losses/resolve-losses.js';
import type { OptimizerSpec } from '../optimizers/index.js';
import type { Run } from '../result.js';

/** For what a rate is found: as it will be trained with. */
export interface RateQuestion {
  readonly model: LayersModel;
  readonly rows: SplitRows;
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  readonly loss: LossOption | undefined;
  readonly initialWeights: 'given' | 'drawn';
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** A sweep with the defaults, over the training rows alone: what is held out has no part in the choice of the rate. */
export function findRate({ model, rows, loss, signal, ...question }: RateQuestion): Promise<Run> {
  return findLearningRate(model, rows.sweep.data, {
    ...question,
    ...(loss !== undefined && { loss }),
    ...(signal && { signal }),
    validationSplit: rows.sweep.validationSplit,
  });
}
