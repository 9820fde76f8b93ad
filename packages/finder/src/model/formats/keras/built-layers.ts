import { InputError } from '@lrfind/core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { KerasWeight, Weight } from '../../layers/keras-layer.js';
import { kerasWeights } from '../../layers/translate-keras-layer.js';
import {
  entriesOf,
  entryName,
  entryTitle,
  innerEntries,
  isModel,
  isOperation,
  type KerasEntry,
  snakeClass,
} from './entry.js';

/** A layer that TensorFlow.js has built, and what the file says about it. */
export interface BuiltLayer {
  readonly entry: KerasEntry;
  readonly layer: layers.Layer;
  /** Below the model in `.weights.h5`: `layers/dense_1`. */
  readonly path: string;
}

/** A model of TensorFlow.js, as far as it is used here. */
type Model = layers.Layer & { readonly layers: readonly layers.Layer[] };

/**
 * The layers of a model in the file's order, each with its path in `.weights.h5`: the class in lower case, counted within the model.
 *
 * @param entry as the file has it
 * @param model as it was built of it
 */
export function builtLayers(entry: KerasEntry, model: layers.Layer): BuiltLayer[] {
  const counts = new Map<string, number>();
  const built = new Map((model as Model).layers.map((layer) => [layer.name, layer]));
  return entriesOf(entry).flatMap((inner) => {
    // Operations have no place among the layers' names in the file.
    if (isOperation(inner)) return [];
    const kind = snakeClass(inner.class_name);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const layer = built.get(entryName(inner));
    return layer ? [{ entry: inner, layer, path: `layers/${kind}${count > 0 ? `_${count}` : ''}` }] : [];
  });
}

/** The weights of a built layer, or of all layers of a built model, with their paths below it, in the file's order. */
export function weightsOf({ entry, layer }: Pick<BuiltLayer, 'entry' | 'layer'>): KerasWeight[] {
  if (isModel(entry))
    return builtLayers(entry, layer).flatMap((each) =>
      weightsOf(each).map(({ path, weight }) => ({ path: `${each.path}/${path}`, weight })),
    );
  return kerasWeights(layer, (inner) => {
    const described = innerEntries(entry).find((each) => each.config.name === inner.name);
    return described && isModel(described) ? weightsOf({ entry: described, layer: inner }) : kerasWeights(inner);
  });
}

/** Each weight once, where it is first met: a shared layer or model is stored there. */
export function onlyFirst(weights: readonly KerasWeight[]): KerasWeight[] {
  const seen = new Set<Weight>();
  return weights.filter(({ weight }) => !seen.has(weight) && seen.add(weight));
}

/** Whether a weight is trained; the weights of a frozen layer are not. */
export function trainedWeights(built: Pick<BuiltLayer, 'layer'>): ReadonlySet<Weight> {
  return new Set(built.layer.trainableWeights);
}

/** The error for a file whose weights are not those of a layer. */
export function doesNotFit(name: string, entry: KerasEntry, problem: string): InputError {
  return new InputError(`the weights of ${name} do not fit its layers: ${entryTitle(entry)} ${problem}`);
}
