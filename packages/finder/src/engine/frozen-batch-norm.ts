import type { Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { frozenLayers } from '../model/frozen-layers.js';
import { inferenceLayers } from '../model/inference-layers.js';
import { override } from './override.js';

type Call = (this: unknown, inputs: Tensor | Tensor[], kwargs: { training?: boolean }) => Tensor | Tensor[];

// TensorFlow.js does not export the class, so an instance gives access to it. The name keeps automatic names unchanged.
const BATCH_NORMALIZATION = layers.batchNormalization({ name: 'probe' }).call;

/**
 * Runs `action` while frozen batch normalisation normalises by its moving statistics and keeps them, as in Keras from version
 * 2 on. TensorFlow.js would normalise by each batch's own and move them. Other frozen layers do in training what they
 * always do: dropout drops, as in Keras. Layers that are called with `training: false` run so as a whole.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param action synchronous
 */
export function withFrozenBatchNorm<Result>(parts: ReadonlySet<layers.Layer>, action: () => Result): Result {
  const frozen = [...frozenLayers(parts)].filter(({ call }) => call === BATCH_NORMALIZATION);
  const restores = [...new Set([...frozen, ...inferenceLayers(parts)])].map((layer) => {
    const call = layer.call as Call;
    const inference: Call = (inputs, kwargs) => call.call(layer, inputs, { ...kwargs, training: false });
    return override(layer, 'call', inference);
  });
  try {
    return action();
  } finally {
    for (const restore of restores) restore();
  }
}
