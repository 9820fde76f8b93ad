import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { DataSource } from '../data/data-source.js';
import type { ArrayData } from '../data/from-tensors.js';
import type { OptimizerSpec } from '../optimizers/index.js';
import type { LearningRateChoice } from './resolve-rate.js';

/** One of the runs to compare. */
export interface RunSpec {
  /** A rate, a schedule of steps in any of its forms, or `'find'`: the rate that a sweep over the training rows finds first. */
  readonly learningRate: LearningRateChoice;
  /** Default: the comparison's. */
  readonly optimizer?: OptimizerSpec | Optimizer;
  /** Default: the comparison's. */
  readonly batchSize?: number;
  /** Another model, for the same rows. Default: the comparison's. */
  readonly model?: LayersModel;
  /** The same rows in the form that this model takes. Default: the comparison's. */
  readonly data?: ArrayData | DataSource;
  /** The same validation rows in the form that this model takes. Default: the comparison's. */
  readonly validation?: ArrayData | DataSource;
  /** What it is called. Default: what differs from the other runs. */
  readonly name?: string;
}
