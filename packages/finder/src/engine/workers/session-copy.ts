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

/** Data above this is not copied for other threads, of all sessions together: they would take more memory than a search may. */
const MOST_BYTES = 256e6;

/** Arrays that all threads can read, by the arrays that they are copies of. */
type SharedArrays = Map<Float32Array | Int32Array, Float32Array | Int32Array>;

/**
 * Describes sessions for another thread. Rows that several of them have in common are copied once.
 *
 * @returns for each session its copy, or in a sentence why it cannot be sent: it holds a loss of the caller's own, a layer that cannot
 *   be described, rows that are read from a file, or too much
 */
export function copySessions(sessions: readonly CopiedSession[]): (SessionCopy | string)[] {
  const shared: SharedArrays = new Map();
  return sessions.map((session) => {
    const why = obstacle(session, shared);
    if (why !== null) return `model "${session.model.name}" is trained in one thread, because ${why}`;
    return described({ ...session, rows: { ...session.rows, dataset: sharedDataset(session.rows.dataset, shared) } });
  });
}

/** The same for this thread: the rows are those of the session. Null where it cannot be copied. */
export function describeSession(session: CopiedSession): SessionCopy | null {
  return obstacle(session, new Map()) === null ? described(session) : null;
}

/** Why a session cannot be sent; null where it can. */
function obstacle({ model, weights, rows, losses }: CopiedSession, shared: SharedArrays): string | null {
  if (!namesOf(losses)) return 'its loss is a function, which only the calling thread has';
  if (rows.epochs) return 'its rows are read from a file as they are needed';
  if (typeof SharedArrayBuffer === 'undefined') return 'threads cannot share memory here';
  const other = weights.find(({ dtype }) => dtype !== 'float32');
  if (other) return `a weight is of ${other.dtype}`;
  const { inputs, targets } = rows.dataset;
  const columns = [...inputs, ...targets].map(({ values }) => values);
  const arrays = new Set([...shared.keys(), ...columns]);
  const bytes = [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > MOST_BYTES) return `copies of the rows would take more than ${MOST_BYTES / 1e6} MB`;
  try {
    topologyOf(model);
  } catch (error) {
    return `its layers cannot be copied: ${error instanceof Error ? error.message : String(error)}`;
  }
  return null;
}

function described({ model, weights, rows, holdsOutAtRandom, losses, options }: CopiedSession): SessionCopy {
  const loss = namesOf(losses) as string[];
  const topology = topologyOf(model);
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
function sharedDataset({ rows, inputs, targets, weights, notes }: Dataset, arrays: SharedArrays): Dataset {
  const shared = (column: DatasetColumn): DatasetColumn => ({ ...column, values: sharedArray(column.values, arrays) });
  return {
    rows,
    inputs: inputs.map(shared),
    targets: targets.map(shared),
    ...(weights && { weights: sharedArray(weights, arrays) }),
    notes,
  };
}

function sharedArray<Values extends Float32Array | Int32Array>(values: Values, arrays: SharedArrays): Values {
  const known = arrays.get(values);
  if (known) return known as Values;
  const made = values.buffer instanceof SharedArrayBuffer ? values : copyInSharedMemory(values);
  arrays.set(values, made);
  return made;
}

function copyInSharedMemory<Values extends Float32Array | Int32Array>(values: Values): Values {
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
