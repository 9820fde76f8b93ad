import type { Dataset, DatasetColumn } from '@lrfind/data';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';

/** A dataset on the device: one tensor for each input and each target of a model, one row of it for each row of data. */
export interface DeviceDataset {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  dispose(): void;
}

/** Uploads a dataset, from which steps then gather their batches; the caller disposes it. */
export function uploadDataset({ inputs, targets }: Dataset): DeviceDataset {
  const uploaded = { inputs: inputs.map(upload), targets: targets.map(upload) };
  return { ...uploaded, dispose: () => dispose([uploaded.inputs, uploaded.targets] as never) };
}

function upload({ values, shape }: DatasetColumn): Tensor {
  const rows = values.length / shape.reduce((size, length) => size * length, 1);
  // Labels are uploaded as float32: TensorFlow.js's sparse cross entropy refuses int32.
  const numbers = values instanceof Int32Array ? Float32Array.from(values) : values;
  return tensor(numbers, [rows, ...shape], 'float32');
}
