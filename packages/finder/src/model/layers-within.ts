import { layers } from '@tensorflow/tfjs-layers';

/**
 * A layer and every layer that it is made of, to any depth: the layers of a model, of models within it, of the wrappers
 * `timeDistributed` and `bidirectional`, the cells of recurrent layers, and the parts of custom layers.
 *
 * @param root a layer; a model is one
 */
export function layersWithin(root: layers.Layer): Set<layers.Layer> {
  const found = new Set([root]);
  // The loop also visits what is added to the set meanwhile.
  for (const layer of found) {
    for (const part of partsOf(layer)) found.add(part);
  }
  return found;
}

/** The layers that a layer is made of directly. One may be named several times. */
export function partsOf(layer: layers.Layer): layers.Layer[] {
  // TensorFlow.js has no common property for them.
  return Object.values(layer)
    .flat()
    .filter((part) => part instanceof layers.Layer);
}
