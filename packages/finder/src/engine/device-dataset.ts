import type { Dataset, DatasetColumn } from '@lrfind/data';
import { dispose, type Tensor, tensor, tensor1d } from '@tensorflow/tfjs-core';

/** A dataset on the device: one tensor for each input and each target of a model, one row of it for each row of data. */
export interface DeviceDataset {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  /** What each row weighs in a training step, and in an evaluation; left out where every row weighs 1. */
  readonly trainingWeights?: Tensor | undefined;
  readonly evaluationWeights?: Tensor | undefined;
  dispose(): void;
}

/**
 * Uploads a dataset, from which steps then gather their batches; the caller disposes it.
 *
 * @param classWeights what the class of each row weighs besides, in training steps only
 */
export function uploadDataset({ inputs, targets, weights }: Dataset, classWeights?: Float32Array): DeviceDataset {
  const both = classWeights?.map((weight, row) => weight * (weights?.[row] ?? 1)) ?? weights;
  const uploaded = {
    inputs: inputs.map(upload),
    targets: targets.map(upload),
    trainingWeights: both && tensor1d(both),
    evaluationWeights: weights && tensor1d(weights),
  };
  return { ...uploaded, dispose: () => dispose(uploaded as never) };
}

function upload({ values, shape }: DatasetColumn): Tensor {
  const rows = values.length / shape.reduce((size, length) => size * length, 1);
  // Labels are uploaded as float32: TensorFlow.js's sparse cross entropy refuses int32.
  const numbers = values instanceof Int32Array ? Float32Array.from(values) : values;
  return tensor(numbers, [rows, ...shape], 'float32');
}
