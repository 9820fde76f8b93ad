import { type Dataset, type DatasetColumn, rowSize } from '@lrfind/data';
import {
  add,
  dispose,
  expandDims,
  gather,
  reshape,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';

/** One input or target on the device. */
export interface DeviceColumn {
  /** One row of it for each row of data; of windows one for each row of the series. */
  readonly values: Tensor;
  /** Of windows: in which row each starts, and the numbers from 0 to the length of a window. */
  readonly windows?: { readonly starts: Tensor1D; readonly offsets: Tensor1D } | undefined;
}

/** A dataset on the device: one tensor for each input and each target of a model, one row of it for each row of data. */
export interface DeviceDataset {
  readonly inputs: readonly DeviceColumn[];
  readonly targets: readonly DeviceColumn[];
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

function upload({ values, shape, windows }: DatasetColumn): DeviceColumn {
  const own = windows ? shape.slice(1) : shape;
  const rows = values.length / rowSize(own);
  // Labels are uploaded as float32: TensorFlow.js's sparse cross entropy refuses int32.
  const numbers = values instanceof Int32Array ? Float32Array.from(values) : values;
  const uploaded = tensor(numbers, [rows, ...own], 'float32');
  if (!windows) return { values: uploaded };
  const offsets = Int32Array.from({ length: shape[0] as number }, (_, offset) => offset);
  return {
    values: uploaded,
    windows: { starts: tensor1d(windows.starts, 'int32'), offsets: tensor1d(offsets, 'int32') },
  };
}

/**
 * The rows of a batch: windows are put together here, so that a series is on the device once.
 *
 * @param rows int32 indices of rows
 */
export function gatherRows({ values, windows }: DeviceColumn, rows: Tensor): Tensor {
  if (!windows) return gather(values, rows as Tensor1D);
  const starts = expandDims(gather(windows.starts, rows as Tensor1D), 1);
  const places = reshape(add(starts, windows.offsets), [-1]);
  const [, ...shape] = values.shape;
  return reshape(gather(values, places as Tensor1D), [-1, windows.offsets.size, ...shape]);
}
