import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Dataset } from '@lrfind/data';
import type { ArrayData } from '../engine/to-dataset.js';
import type { OptimizerSpec } from '../optimizers/registry.js';
import type { LearningRateChoice } from './resolve-rate.js';

/** One of the runs to compare. */
export interface TrialOptions {
  /** A rate, a schedule of steps in any of its forms, or `'find'`: the rate that a sweep over the training rows finds first. */
  readonly learningRate: LearningRateChoice;
  /** Default: the comparison's. */
  readonly optimizer?: OptimizerSpec | Optimizer;
  /** Default: the comparison's. */
  readonly batchSize?: number;
  /** Another model, for the same rows. Default: the comparison's. */
  readonly model?: LayersModel;
  /** The same rows in the form that this model takes. Default: the comparison's. */
  readonly data?: ArrayData | Dataset;
  /** The same validation rows in the form that this model takes. Default: the comparison's. */
  readonly validation?: ArrayData | Dataset;
  /** What it is called. Default: what differs from the other runs. */
  readonly name?: string;
}
