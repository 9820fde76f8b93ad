import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SplitDataset } from '@lrfind/data';
import { findLearningRate } from '../find.js';
import type { LossOption } from '../losses/resolve.js';
import type { OptimizerSpec } from '../optimizers/registry.js';
import type { SweepResult } from '@lrfind/core/results';

/** For what a rate is found: as it will be trained with. */
export interface RateQuestion {
  readonly model: LayersModel;
  readonly rows: SplitDataset;
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  readonly loss: LossOption | undefined;
  readonly initialWeights: 'given' | 'drawn';
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** A sweep with the defaults, over the training rows alone: what is held out has no part in the choice of the rate. */
export function findRate({ model, rows, loss, signal, ...question }: RateQuestion): Promise<SweepResult> {
  return findLearningRate(model, rows.sweep.data, {
    ...question,
    ...(loss !== undefined && { loss }),
    ...(signal && { signal }),
    validationSplit: rows.sweep.validationSplit,
  });
}
