import { InputError } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Callback, type LayersModel } from '@tensorflow/tfjs-layers';

/** Losses and metrics by name. Those that were not read yet are scalars on the device. */
export type TrainingLogs = Record<string, number | Tensor>;

/** What a callback does during a fit, which waits for each call. */
export interface Hooks {
  readonly trainBegin?: (model: LayersModel) => void | Promise<void>;
  readonly trainEnd?: (model: LayersModel) => void | Promise<void>;
  readonly epochBegin?: (model: LayersModel, epoch: number) => void | Promise<void>;
  readonly epochEnd?: (model: LayersModel, epoch: number, logs: TrainingLogs) => void | Promise<void>;
  readonly batchBegin?: (model: LayersModel, batch: number) => void | Promise<void>;
  readonly batchEnd?: (model: LayersModel, batch: number, logs: TrainingLogs) => void | Promise<void>;
  /** Frees what it keeps, after a training that was interrupted. `fit` does not call it; there the next fit frees it. */
  readonly release?: () => void;
}

/** A concrete class: TensorFlow.js declares its own abstract. */
class TrainingCallback extends Callback {}

/**
 * Makes a callback for `model.fit`. It is an instance of TensorFlow.js's class, because `fit` looks at the first callback of a
 * list to find out what the list holds. Nothing in it uses `this`: another copy of TensorFlow.js's layers treats it as a plain
 * object, and calls its functions on an object of its own, without setting the model.
 *
 * @param name of the callback, for messages
 * @param own further properties of the callback
 * @param settings what it does, as JSON: a training is resumed with callbacks of the same settings
 */
export function trainingCallback<Own extends object>(
  name: string,
  hooks: Hooks,
  own: Own,
  settings: object,
): Callback & Own {
  const callback = new TrainingCallback();
  const model = () => {
    if (callback.model) return callback.model;
    throw new InputError(
      `${name} has no model, because fit belongs to another copy of @tensorflow/tfjs-layers: call setModel(model) on it before fit`,
    );
  };
  const setModel = (given: unknown) => {
    callback.model = given as LayersModel;
  };
  const { trainBegin, trainEnd, epochBegin, epochEnd, batchBegin, batchEnd, release } = hooks;
  return Object.assign(
    callback,
    { setModel, config: { name, ...settings } },
    trainBegin && { onTrainBegin: async () => trainBegin(model()) },
    trainEnd && { onTrainEnd: async () => trainEnd(model()) },
    epochBegin && { onEpochBegin: async (epoch: number) => epochBegin(model(), epoch) },
    epochEnd && { onEpochEnd: async (epoch: number, logs: TrainingLogs) => epochEnd(model(), epoch, logs) },
    batchBegin && { onBatchBegin: async (batch: number) => batchBegin(model(), batch) },
    batchEnd && { onBatchEnd: async (batch: number, logs: TrainingLogs) => batchEnd(model(), batch, logs) },
    release && { release },
    own,
  );
}

/** A loss or metric as a number; a tensor stays in the logs, where TensorFlow.js frees it. */
export async function readLog(value: number | Tensor): Promise<number> {
  return typeof value === 'number' ? value : ((await value.data())[0] as number);
}
