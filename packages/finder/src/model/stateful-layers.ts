import { InputError } from '@lrfind/core';
import type { layers } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';

/** A layer that keeps a state between batches. TensorFlow.js has no public way to switch that off. */
export interface StatefulLayer {
  _stateful: boolean;
  /** Holds the batch size that the state was made for. */
  inputSpec?: { shape?: (number | null)[] }[];
}

/** Every stateful layer among a model and its parts, those of nested models and wrappers too. */
export function statefulLayers(model: layers.Layer): StatefulLayer[] {
  return ([...layersWithin(model)] as unknown as StatefulLayer[]).filter(({ _stateful }) => _stateful);
}

/**
 * A sentence for each stateful layer of a model that is about to be swept; a wrapper and its parts count as one.
 *
 * @param model before its session, which makes it forget its states
 */
export function statefulNotes(model: layers.Layer): string[] {
  return statefulTitles(model).map(
    (title) =>
      `${title} is stateful: the sweep forgets its state after each batch, because the rows are drawn at random and do not continue one another`,
  );
}

/**
 * Refuses a model with stateful layers: their states would need the rows in order and batches of one size, and lrfind shuffles
 * the rows.
 *
 * @throws InputError naming the layers
 */
export function refuseStateful(model: layers.Layer & { readonly name: string }): void {
  const titles = statefulTitles(model);
  if (titles.length === 0) return;
  throw new InputError(
    `model "${model.name}" must have no stateful layer, because batches of shuffled rows do not continue one another; got ${titles.join(', ')}: set its stateful to false, or train it with model.fit and shuffle: false`,
  );
}

function statefulTitles(model: layers.Layer): string[] {
  const stateful = statefulLayers(model) as unknown as layers.Layer[];
  const parts = new Set(stateful.flatMap((layer) => [...layersWithin(layer)].filter((part) => part !== layer)));
  return stateful
    .filter((layer) => !parts.has(layer))
    .map((layer) => `layer "${layer.name}" (${layer.getClassName()})`);
}
