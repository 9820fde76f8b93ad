import * as tf from '@tensorflow/tfjs-core';
import { Callback, layers, type ModelFitArgs, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { checksum, weightVariables } from '../../src/snapshot.js';

export const BATCHES = 4;
const ROWS = 32;

/** A small model that starts from the same weights each time. */
export function smallModel(optimizer: tf.Optimizer): Sequential {
  const drawn = (seed: number) => ({ className: 'GlorotUniform', config: { seed } }) as never;
  const model = sequential({
    layers: [
      layers.dense({ units: 6, activation: 'tanh', inputShape: [3], kernelInitializer: drawn(1) }),
      layers.dense({ units: 1, kernelInitializer: drawn(2) }),
    ],
  });
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

/** Trains on the same rows in the same order each time, and frees what it made. */
export async function fit(model: Sequential, args: ModelFitArgs): Promise<Record<string, number[]>> {
  const xs = tf.randomUniform([ROWS, 3], -1, 1, 'float32', 5);
  const ys = tf.tidy(() => tf.sum(tf.sin(xs), 1, true));
  const { history } = await model.fit(xs, ys, {
    batchSize: ROWS / BATCHES,
    shuffle: false,
    verbose: 0,
    validationData: [xs, ys],
    ...args,
  });
  tf.dispose([xs, ys]);
  return history as Record<string, number[]>;
}

/** The weights' bits, as a number. */
export const bits = (model: Sequential) => checksum(weightVariables(model));

/** Does something at the end of each epoch or batch. */
export function atEnd(of: 'epoch' | 'batch', run: (number: number, logs: object) => unknown): Callback {
  class AtEnd extends Callback {
    override async onEpochEnd(epoch: number, logs: object = {}) {
      if (of === 'epoch') await run(epoch, logs);
    }
    override async onBatchEnd(batch: number, logs: object = {}) {
      if (of === 'batch') await run(batch, logs);
    }
  }
  return new AtEnd();
}
