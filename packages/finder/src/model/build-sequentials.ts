import { InputError } from '@lrfind/core';
import { type layers, Sequential } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';

/**
 * Builds the `sequential` models among a model and its parts, as `compile` and `predict` do. Until then TensorFlow.js has no
 * graph of them, and `stopTraining` cannot be set. Weights stay as they are.
 *
 * @param root a layer; a model is one
 * @throws InputError for a model without layers
 */
export function buildSequentials(root: layers.Layer): void {
  for (const layer of layersWithin(root)) {
    if (!(layer instanceof Sequential) || layer.built) continue;
    if (layer.layers.length === 0) throw new InputError(`model "${layer.name}" must have layers; it has none`);
    layer.build();
  }
}
