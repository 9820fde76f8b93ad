import { assertOptions, InputError } from '@lrfind/core';
import { type ArrayOrArrays, type ArraySlot, type Dataset, fromArrays, type NumberArray } from '@lrfind/data';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { described, isLayersModel } from '../model/described.js';
import { type BatchStream, collectStream, isStream } from './batch-stream.js';

/** A tensor, or an array that `fromArrays` takes. */
type TensorOrArray = Tensor | NumberArray;

/** Inputs and targets as `model.fit` takes them: tensors or arrays, one, a list or by name, rows first. */
export interface Arrays {
  readonly xs: TensorOrArray | readonly TensorOrArray[] | Readonly<Record<string, TensorOrArray>>;
  readonly ys: TensorOrArray | readonly TensorOrArray[] | Readonly<Record<string, TensorOrArray>>;
  /** What each row weighs in the loss, at least 0, as Keras's `sample_weight`. Default: 1. */
  readonly sampleWeight?: TensorOrArray | undefined;
}

/** Data for a model: arrays as a whole, or batches that are collected. */
export type ArrayData = Arrays | BatchStream;

/**
 * Checks that a value is data for a model, before it is read.
 *
 * @param what messages call it, such as `validation`
 * @throws InputError saying what it is instead, and for a dataset without one of its fields
 */
export function assertData(data: unknown, what: string): asserts data is ArrayData | Dataset {
  const wanted = `${what} must be { xs, ys } of tensors or arrays, a tf.data dataset or an iterable of such batches, or a dataset of encodeTable`;
  const isPlain = isRecord(data) && !isLayersModel(data) && Object.getPrototypeOf(data) !== null;
  if (isPlain && 'rows' in data && ('inputs' in data || 'targets' in data)) return assertDataset(data, what);
  if (isStream(data)) return;
  if (!isPlain || !('xs' in data || 'ys' in data))
    throw new InputError(`${wanted}; got ${described(data)}${asNamed(data)}`);
  assertOptions(data, ['xs', 'ys', 'sampleWeight'], what);
  for (const side of ['xs', 'ys'] as const) {
    const value: unknown = (data as Partial<Arrays>)[side];
    if (value === undefined || value === null) throw new InputError(`${what} must have xs and ys; got no ${side}`);
    if (isTensor(value) && value.isDisposed)
      throw new InputError(`${side} must be a tensor that is alive; it is disposed of`);
    if (typeof value === 'object' && isForeign(value))
      throw new InputError(`${side} must be tensors or arrays; got ${described(value)}`);
  }
}

/** How inputs and targets are given, to whoever gave them in another way; empty for what is neither. */
function asNamed(data: unknown): string {
  if (isTensor(data) || Array.isArray(data)) return '; inputs and targets are one argument, { xs, ys }';
  if (!isRecord(data) || isLayersModel(data)) return '';
  const [inputs, targets] = [inputNames, targetNames].map((names) => names.find((name) => name in data));
  return inputs && targets ? `; call them xs and ys: { xs: ${inputs}, ys: ${targets} }` : '';
}

/** What other programs call them. */
const inputNames = ['x', 'X', 'inputs', 'features', 'data', 'images', 'x_train', 'xTrain'];
const targetNames = ['y', 'Y', 'targets', 'labels', 'outputs', 'target', 'y_train', 'yTrain'];

/** What stands for rows and is none: a stream, a promise. As a record of arrays by name it would only seem empty. */
function isForeign(value: object): boolean {
  return (
    !isTensor(value) &&
    !('shape' in value) &&
    (typeof (value as { then?: unknown }).then === 'function' || 'iterator' in value || 'forEachAsync' in value)
  );
}

function assertDataset(data: object, what: string): void {
  const { rows, inputs, targets, notes } = data as Partial<Dataset>;
  const isColumns = (columns: unknown) =>
    Array.isArray(columns) &&
    columns.every((column) => ArrayBuffer.isView(column?.values) && Array.isArray(column.shape));
  const fields: [name: string, wanted: string, value: unknown, right: boolean][] = [
    ['rows', 'a whole number at least 1', rows, Number.isSafeInteger(rows) && (rows as number) > 0],
    ['inputs', 'a list of { shape, values }', inputs, isColumns(inputs)],
    ['targets', 'a list of { shape, values }', targets, isColumns(targets)],
    ['notes', 'a list of texts', notes, Array.isArray(notes)],
  ];
  const wrong = fields.find(([, , , right]) => !right);
  if (wrong) throw new InputError(`${what}.${wrong[0]} must be ${wrong[1]}; got ${described(wrong[2])}`);
}

/**
 * Data for a model: a dataset as it is, tensors and arrays checked and converted. Tensors stay the caller's.
 *
 * @throws InputError as `fromArrays` does
 */
export async function toDataset(data: ArrayData | Dataset, model: LayersModel, what = 'data'): Promise<Dataset> {
  if ('inputs' in data) return data;
  if (isStream(data)) return collectStream(data, what, model, (batch) => arraysToDataset(batch, model));
  return arraysToDataset(data, model);
}

async function arraysToDataset(data: Arrays, model: LayersModel): Promise<Dataset> {
  const slot = (tensor: SymbolicTensor, name: string): ArraySlot => ({ name, shape: tensor.shape.slice(1) });
  return fromArrays(
    {
      xs: await read(data.xs),
      ys: await read(data.ys),
      sampleWeight: data.sampleWeight && (await readOne(data.sampleWeight)),
    },
    {
      inputs: model.inputs.map((input, i) => slot(input, model.inputNames[i] ?? input.name)),
      outputs: model.outputs.map((output, i) => slot(output, model.outputNames[i] ?? output.name)),
    },
  );
}

/** Replaces every tensor by its values. */
async function read(given: Arrays['xs']): Promise<ArrayOrArrays> {
  if (isTensor(given)) return { shape: given.shape, values: await given.data() };
  if (Array.isArray(given) && given.some(isTensor)) return Promise.all(given.map(readOne));
  if (isRecord(given) && Object.values(given).some(isTensor)) {
    const entries = Object.entries(given).map(async ([name, value]) => [name, await readOne(value)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
  return given as ArrayOrArrays;
}

async function readOne(given: TensorOrArray): Promise<NumberArray> {
  return isTensor(given) ? { shape: given.shape, values: await given.data() } : given;
}

/** By its properties, because several copies of tfjs-core may be loaded. */
function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'dtype' in value;
}

function isRecord(value: unknown): value is Readonly<Record<string, TensorOrArray>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
