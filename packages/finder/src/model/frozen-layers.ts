import type { layers } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';

/**
 * The layers that are frozen: those whose `trainable` is false, and everything within them. Keras sets the flag of all layers
 * within a model that is frozen; TensorFlow.js sets that of the model alone.
 *
 * @param parts the layers of a model, to any depth: `layersWithin(model)`
 */
export function frozenLayers(parts: ReadonlySet<layers.Layer>): Set<layers.Layer> {
  const frozen = [...parts].filter(({ trainable }) => trainable === false);
  return new Set(frozen.flatMap((layer) => [...layersWithin(layer)]));
}
