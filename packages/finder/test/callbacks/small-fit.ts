import * as tf from '@tensorflow/tfjs-core';
import { Callback, layers, type ModelFitArgs, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { weightVariables } from '../../src/model/weights.js';
import { checksum } from '../checksum.js';

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

const rows = () => {
  const xs = tf.randomUniform([ROWS, 3], -1, 1, 'float32', 5);
  return { xs, ys: tf.tidy(() => tf.sum(tf.sin(xs), 1, true)) };
};

/** Trains on the same rows in the same order each time, and frees what it made. */
export async function fit(model: Sequential, args: ModelFitArgs): Promise<Record<string, number[]>> {
  const { xs, ys } = rows();
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

/** The same batches as those of `fit`, one after the other. */
export async function fitDataset(model: Sequential, { epochs, callbacks }: Pick<ModelFitArgs, 'epochs' | 'callbacks'>) {
  const { xs, ys } = rows();
  const size = ROWS / BATCHES;
  const iterator = async () => {
    let batch = 0;
    const slice = (tensor: tf.Tensor) => tf.slice(tensor, [(batch % BATCHES) * size, 0], [size, -1]);
    const next = async () => {
      const value = { xs: slice(xs), ys: slice(ys) };
      batch += 1;
      return { done: false, value };
    };
    return { next };
  };
  // As much of a tf.data.Dataset as fitDataset asks for.
  await model.fitDataset({ iterator, size: null } as never, {
    epochs: epochs as number,
    callbacks: callbacks as never,
    batchesPerEpoch: BATCHES,
    validationData: [xs, ys],
    validationBatchSize: size,
    verbose: 0,
  });
  tf.dispose([xs, ys]);
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
