import { isObject } from '@lrfind/core';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { OptimizerVariables, TrainingConfig } from '../format.js';
import { onlyFirst, weightsOf } from './built-layers.js';
import type { KerasEntry } from './entry.js';
import type { Hdf5File } from './hdf5.js';
import { listOf, type WeightSource } from './load-weights.js';

/** The group of the state in files that hold whole models. */
const LEGACY_GROUP = 'optimizer_weights';
const GROUP = 'optimizer/vars';
/** That of the optimizer within Keras's `LossScaleOptimizer`. */
const INNER_GROUP = 'optimizer/inner_optimizer/vars';

/**
 * The state of the optimizer that a file holds.
 *
 * @returns undefined where the file has none, as that of a model that was never trained
 */
export function optimizerVariables(
  entry: KerasEntry,
  model: LayersModel,
  { file, layout }: { readonly file: Hdf5File; readonly layout: WeightSource['layout'] },
  trainingConfig: TrainingConfig,
): OptimizerVariables | undefined {
  const group = file.names(INNER_GROUP).length > 0 ? INNER_GROUP : GROUP;
  const found =
    layout === 'legacy'
      ? legacyNames(file, trainingConfig).map((name) => ({ name, path: `${LEGACY_GROUP}/${name}` }))
      : file
          .names(group)
          .sort((a, b) => Number(a) - Number(b))
          .map((number) => ({ name: null, path: `${group}/${number}` }));
  if (found.length === 0) return undefined;
  const trained = new Set(model.trainableWeights);
  const weights = onlyFirst(weightsOf({ entry, layer: model })).filter(({ weight }) => trained.has(weight));
  const most = weights.reduce((largest, { weight }) => Math.max(largest, weight.read().size), 1);
  return {
    // A state is no larger than its weight; what is cannot be one, and is left unread.
    variables: found.map(({ name, path }) => ({ name, values: numbersUpTo(file, path, most) })),
    weights: weights.map(({ weight }) => ({ name: (weight.read() as Variable).name, size: weight.read().size })),
  };
}

/** The names of the variables in an `.h5`, without those that Keras 3's `LossScaleOptimizer` has around an optimizer. */
function legacyNames(file: Hdf5File, { optimizer_config: optimizer }: TrainingConfig): string[] {
  const names = listOf(file, LEGACY_GROUP, 'weight_names') ?? [];
  const wraps = isObject(optimizer) && /^(Custom>)?LossScaleOptimizer/.test(String(optimizer.class_name));
  const [around] = /^[^/]+\//.exec(names[0] ?? '') ?? [];
  // Keras 2 names the variables of the inner one alone, without a name before them.
  return wraps && around !== undefined ? names.filter((name) => !name.startsWith(around)) : names;
}

function numbersUpTo(file: Hdf5File, path: string, most: number): Float32Array {
  const count = file.shape(path).reduce((product, length) => product * length, 1);
  return count <= most ? file.numbers(path) : new Float32Array(0);
}
