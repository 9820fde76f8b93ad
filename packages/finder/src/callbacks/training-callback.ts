import type { Tensor } from '@tensorflow/tfjs-core';
import { Callback, type LayersModel } from '@tensorflow/tfjs-layers';
import { InputError } from '@lrfind/core';

/** Losses and metrics by their names. Those that nobody has fetched yet are scalars on the device. */
export type TrainingLogs = Record<string, number | Tensor>;

/** What a callback does in the course of a fit; each may wait. */
export interface Hooks {
  readonly trainBegin?: (model: LayersModel) => void | Promise<void>;
  readonly trainEnd?: (model: LayersModel) => void | Promise<void>;
  readonly epochBegin?: (model: LayersModel, epoch: number) => void | Promise<void>;
  readonly epochEnd?: (model: LayersModel, epoch: number, logs: TrainingLogs) => void | Promise<void>;
  readonly batchBegin?: (model: LayersModel, batch: number) => void | Promise<void>;
  readonly batchEnd?: (model: LayersModel, batch: number, logs: TrainingLogs) => void | Promise<void>;
  /** Frees what it keeps, after a training that broke off. `fit` does not know of it: there the next fit frees it. */
  readonly release?: () => void;
}

/** Not abstract, which the types of TensorFlow.js say of theirs. */
class TrainingCallback extends Callback {}

/**
 * Makes a callback for `model.fit`. It is an instance of TensorFlow.js's class, since `fit` looks at a list's first entry to
 * see what the list holds. Nothing in it uses `this`: another copy of TensorFlow.js's layers takes it for a plain object and calls
 * its functions on an object of its own, without telling it the model.
 *
 * @param name what messages call it
 * @param own further properties of the callback
 */
export function trainingCallback<Own extends object>(name: string, hooks: Hooks, own: Own): Callback & Own {
  const callback = new TrainingCallback();
  const model = () => {
    if (callback.model) return callback.model;
    throw new InputError(
      `${name} was not told its model, which belongs to another copy of @tensorflow/tfjs-layers: call setModel(model) on it before fit`,
    );
  };
  const setModel = (given: unknown) => {
    callback.model = given as LayersModel;
  };
  const { trainBegin, trainEnd, epochBegin, epochEnd, batchBegin, batchEnd, release } = hooks;
  return Object.assign(
    callback,
    { setModel },
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

/** A loss or metric as a number; it stays what it is in the logs, where TensorFlow.js frees it. */
export async function fetched(value: number | Tensor): Promise<number> {
  return typeof value === 'number' ? value : ((await value.data())[0] as number);
}
