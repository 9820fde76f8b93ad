import { type Dataset, type DatasetColumn, type DatasetRows, rowSize } from '@lrfind/data';
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
interface DeviceColumn {
  /** One row of it for each row of data; of windows one for each row of the series. */
  readonly values: Tensor;
  /** Of windows: in which row each starts, and the numbers from 0 to the length of a window. */
  readonly windows?: { readonly starts: Tensor1D; readonly offsets: Tensor1D } | undefined;
}

/** The rows of a batch: one tensor for each input and output of a model. */
export interface Batch {
  readonly xs: Tensor[];
  readonly ys: Tensor[];
  /** What each row weighs in the loss; missing where every row weighs 1. */
  readonly rowWeights: Tensor | undefined;
}

/** The rows of a batch by their indices in the dataset, or the rows themselves where they are in no dataset. */
export type BatchRows = Int32Array | DatasetRows;

/** What a batch is for: class weights count in training alone. */
export type BatchUse = 'training' | 'evaluation';

/** Where steps take their batches from. A compiled step gets them as tensors, which are all that changes from batch to batch. */
export interface DeviceDataset {
  /** The tensors that a step gets for a batch, which the caller disposes; always as many for the same use. */
  tensors(rows: BatchRows, use: BatchUse): Tensor[];
  /** The batch that these tensors, the first of those given, stand for. */
  batch(given: readonly Tensor[], use: BatchUse): Batch;
  /** How many tensors a step gets for a batch. */
  count(use: BatchUse): number;
  dispose(): void;
}

/**
 * Uploads a dataset. A step gets the numbers of the rows of a batch, and gathers them on the device; the caller disposes it.
 *
 * @param classWeights what the class of each row weighs besides, in training steps only
 */
export function uploadDataset({ inputs, targets, weights }: Dataset, classWeights?: Float32Array): DeviceDataset {
  const both = classWeights?.map((weight, row) => weight * (weights?.[row] ?? 1)) ?? weights;
  const whole = {
    inputs: inputs.map((column) => upload(column)),
    targets: targets.map((column) => upload(column)),
    training: both && tensor1d(both),
    evaluation: weights && tensor1d(weights),
  };
  return {
    tensors: (rows) => [tensor1d(rows as Int32Array, 'int32')],
    batch([rows], use) {
      const gathered = (column: DeviceColumn) => gatherRows(column, rows as Tensor);
      const own = whole[use];
      return {
        xs: whole.inputs.map(gathered),
        ys: whole.targets.map(gathered),
        rowWeights: own && gathered({ values: own }),
      };
    },
    count: () => 1,
    dispose: () => dispose(whole as never),
  };
}

/**
 * A dataset whose rows stay in memory here: each batch is uploaded. So a batch may as well hold rows of a block that was read
 * for it.
 *
 * @param dataset the rows that indices stand for; windows of a series are in no such dataset
 * @param classWeightsOf what the classes of rows weigh besides, in training steps only. Default: 1
 */
export function fedDataset(dataset: Dataset, classWeightsOf?: (rows: DatasetRows) => Float32Array): DeviceDataset {
  const inputs = dataset.inputs.length;
  const columns = inputs + dataset.targets.length;
  const weighs = (use: BatchUse) =>
    dataset.weights !== undefined || (use === 'training' && classWeightsOf !== undefined);
  const weightsOf = (batch: DatasetRows, use: BatchUse): Float32Array => {
    const own = batch.weights ?? new Float32Array(batch.rows).fill(1);
    if (use === 'evaluation' || !classWeightsOf) return own;
    return classWeightsOf(batch).map((weight, row) => weight * (own[row] as number));
  };
  return {
    tensors(rows, use) {
      const batch = rows instanceof Int32Array ? pick(dataset, rows) : rows;
      const uploaded = [...batch.inputs, ...batch.targets].map((column) => upload(column).values);
      return weighs(use) ? [...uploaded, tensor1d(weightsOf(batch, use))] : uploaded;
    },
    batch: (given, use) => ({
      xs: given.slice(0, inputs),
      ys: given.slice(inputs, columns),
      rowWeights: weighs(use) ? given[columns] : undefined,
    }),
    count: (use) => columns + (weighs(use) ? 1 : 0),
    dispose: () => {},
  };
}

/** Some rows of a dataset. */
function pick({ inputs, targets, weights }: Dataset, rows: Int32Array): DatasetRows {
  const taken = ({ values, ...column }: DatasetColumn): DatasetColumn => {
    const size = rowSize(column.shape);
    const own = new Float32Array(rows.length * size);
    for (const [i, row] of rows.entries()) own.set(values.subarray(row * size, (row + 1) * size), i * size);
    return { ...column, values: own };
  };
  return {
    rows: rows.length,
    inputs: inputs.map(taken),
    targets: targets.map(taken),
    ...(weights && { weights: Float32Array.from(rows, (row) => weights[row] as number) }),
  };
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
function gatherRows({ values, windows }: DeviceColumn, rows: Tensor): Tensor {
  if (!windows) return gather(values, rows as Tensor1D);
  const starts = expandDims(gather(windows.starts, rows as Tensor1D), 1);
  const places = reshape(add(starts, windows.offsets), [-1]);
  const [, ...shape] = values.shape;
  return reshape(gather(values, places as Tensor1D), [-1, windows.offsets.size, ...shape]);
}
