import { type ArrayOrArrays, type ArraySlot, type Dataset, fromArrays, type NumberArray } from '@lrfind/data';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A tensor, or an array that `fromArrays` takes. */
type TensorOrArray = Tensor | NumberArray;

/** Inputs and targets as `model.fit` takes them: tensors or arrays, one, a list or by name, rows first. */
export interface ArrayData {
  readonly xs: TensorOrArray | readonly TensorOrArray[] | Readonly<Record<string, TensorOrArray>>;
  readonly ys: TensorOrArray | readonly TensorOrArray[] | Readonly<Record<string, TensorOrArray>>;
  /** What each row weighs in the loss, at least 0, as Keras's `sample_weight`. Default: 1. */
  readonly sampleWeight?: TensorOrArray | undefined;
}

/**
 * Data for a model: a dataset as it is, tensors and arrays checked and converted. Tensors stay the caller's.
 *
 * @throws InputError as `fromArrays` does
 */
export async function toDataset(data: ArrayData | Dataset, model: LayersModel): Promise<Dataset> {
  if ('inputs' in data) return data;
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
async function read(given: ArrayData['xs']): Promise<ArrayOrArrays> {
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
