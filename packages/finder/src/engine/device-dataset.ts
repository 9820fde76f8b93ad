import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { DatasetColumn, Dataset } from '@lrfind/data';

/** A table on the backend: one tensor for each input and each target of a model, a row of the table in each of its rows. */
export interface DeviceDataset {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  dispose(): void;
}

/** Uploads a table, from which steps then gather their batches. Whoever uploads it disposes of it. */
export function uploadDataset({ inputs, targets }: Dataset): DeviceDataset {
  const table = { inputs: inputs.map(upload), targets: targets.map(upload) };
  return { ...table, dispose: () => dispose([table.inputs, table.targets] as never) };
}

function upload({ values, shape }: DatasetColumn): Tensor {
  const rows = values.length / shape.reduce((size, length) => size * length, 1);
  // Labels go up as float32: TensorFlow.js's sparse cross entropy refuses int32 ones.
  const numbers = values instanceof Int32Array ? Float32Array.from(values) : values;
  return tensor(numbers, [rows, ...shape], 'float32');
}
