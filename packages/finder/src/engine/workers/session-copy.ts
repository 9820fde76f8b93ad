import { seededRandom } from '@lrfind/core';
import type { Dataset, DatasetColumn, SplitDataset } from '@lrfind/data';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { lossNamed } from '../../losses/registry.js';
import type { TrainableLosses } from '../../losses/resolve.js';
import { buildModel, topologyOf } from '../../model/initial-weights.js';
import { layersWithin } from '../../model/layers-within.js';
import { assignTo, weightVariables } from '../../model/weights.js';
import type { SessionOptions } from '../session.js';

/** A session as another thread can be sent it. Its rows lie in memory that the threads share. */
export interface SessionCopy {
  readonly topology: object;
  /** For each of `layersWithin(model)`, whether it is a model that is frozen: a topology does not say so. */
  readonly frozen: readonly boolean[];
  /** In the order of `model.weights`. */
  readonly weights: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[];
  readonly rows: SplitDataset;
  readonly holdsOutAtRandom: boolean;
  readonly options: Pick<
    SessionOptions,
    | 'loss'
    | 'lossWeights'
    | 'classWeight'
    | 'metrics'
    | 'shuffle'
    | 'split'
    | 'groups'
    | 'seed'
    | 'initialWeights'
    | 'optimizerState'
  >;
}

/** What a session is copied from. */
export interface CopiedSession {
  readonly model: LayersModel;
  /** The model's weights as they were given. */
  readonly weights: readonly Tensor[];
  readonly rows: SplitDataset;
  readonly holdsOutAtRandom: boolean;
  readonly losses: TrainableLosses;
  readonly options: SessionOptions;
}

/** Data above this is not copied for other threads: they would take more memory than a search may. */
const MOST_BYTES = 256e6;

/**
 * Describes a session for another thread, or for another machine.
 *
 * @param mostBytes of its rows. Default: 256 MB
 * @returns null where it holds something that cannot be sent: a loss of the caller's own, a layer that cannot be described, rows
 *   that are read from a file, or too much
 */
export function copyOfSession(copied: CopiedSession, mostBytes = MOST_BYTES): SessionCopy | null {
  const description = typeof SharedArrayBuffer === 'undefined' ? null : describeSession(copied, mostBytes);
  return description && { ...description, rows: { ...copied.rows, dataset: sharedDataset(copied.rows.dataset) } };
}

/** The same for this thread: the rows are those of the session. */
export function describeSession(
  { model, weights, rows, holdsOutAtRandom, losses, options }: CopiedSession,
  mostBytes = MOST_BYTES,
): SessionCopy | null {
  const loss = namesOf(losses);
  const columns = [...rows.dataset.inputs, ...rows.dataset.targets];
  const bytes = columns.reduce((sum, { values }) => sum + values.byteLength, 0);
  const isSent = !rows.epochs && weights.every(({ dtype }) => dtype === 'float32');
  if (!loss || !isSent || bytes > mostBytes) return null;
  let topology: object;
  try {
    topology = topologyOf(model);
  } catch {
    return null;
  }
  const { classWeight, metrics, shuffle, split, groups, seed, initialWeights, optimizerState } = options;
  return {
    topology,
    frozen: [...layersWithin(model)].map((layer) => 'layers' in layer && !layer.trainable),
    weights: weights.map((weight) => ({ shape: weight.shape, values: weight.dataSync() as Float32Array })),
    rows,
    holdsOutAtRandom,
    options: {
      ...{ loss, lossWeights: losses.weights, classWeight, metrics, shuffle, split, groups, seed },
      ...{ initialWeights, optimizerState },
    },
  };
}

/** The names from which the losses can be had again; null where one is a function of the caller's own, or has no such name. */
function namesOf({ kinds }: TrainableLosses): string[] | null {
  const names = kinds.map((kind) => kind?.name ?? '');
  try {
    return names.every((name) => lossNamed(name).name === name) ? names : null;
  } catch {
    return null;
  }
}

/** A copy whose numbers all threads can read. */
function sharedDataset({ rows, inputs, targets, weights, notes }: Dataset): Dataset {
  const shared = (column: DatasetColumn): DatasetColumn => ({ ...column, values: sharedArray(column.values) });
  return {
    rows,
    inputs: inputs.map(shared),
    targets: targets.map(shared),
    ...(weights && { weights: sharedArray(weights) }),
    notes,
  };
}

function sharedArray<Values extends Float32Array | Int32Array>(values: Values): Values {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const own = new (values.constructor as new (buffer: SharedArrayBuffer) => Values)(
    new SharedArrayBuffer(values.byteLength),
  );
  own.set(values);
  return own;
}

/** Builds the model of a copied session. */
export async function modelOfCopy({ topology, frozen, weights }: SessionCopy): Promise<LayersModel> {
  const model = await buildModel(topology, seededRandom(0, 'copy'));
  for (const [i, layer] of [...layersWithin(model)].entries()) if (frozen[i]) layer.trainable = false;
  const values = weights.map((weight) => tensor(weight.values, [...weight.shape]));
  assignTo(weightVariables(model), values);
  for (const each of values) each.dispose();
  return model;
}
