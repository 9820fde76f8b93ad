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
    // TensorFlow.js has no common property for the parts of a layer.
    for (const property of Object.values(layer)) {
      for (const part of Array.isArray(property) ? property : [property]) {
        if (part instanceof layers.Layer) found.add(part);
      }
    }
  }
  return found;
}
