import type { FitCallback } from '../../src/engine/callback-hooks.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { heights, points, regression } from './small-trainings.js';

/** Points of the plane. */
export const xs = points(40);

/** Rows for `regression()`. */
export const data = { xs, ys: heights(xs) };

/** 32 rows to train on: four batches an epoch. */
export const few: TrainOptions = { learningRate: 0.05, optimizer: 'sgd', loss: 'mse', epochs: 3, batchSize: 8 };

/** A new network, trained while callbacks listen. */
export async function withCallbacks(callbacks: FitCallback[], options: Partial<TrainOptions> = {}) {
  const model = regression();
  return { model, result: await train(model, data, { ...few, ...options, callbacks }) };
}
