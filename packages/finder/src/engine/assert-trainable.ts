import { unsupportedLayers } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWithin } from '../model/layers-within.js';

/**
 * Refuses a model that would be trained wrongly, or not at all, on the current backend.
 *
 * @throws InputError naming the layers
 */
export function assertTrainable(model: LayersModel): void {
  const penalised = [...layersWithin(model)].find(
    (layer) => (layer as { activityRegularizer?: unknown }).activityRegularizer != null,
  );
  if (penalised)
    throw new InputError(
      `layer "${penalised.name}" (${penalised.getClassName()}) must have no activityRegularizer, because TensorFlow.js does not apply it`,
    );
  const reasons = unsupportedLayers(model, 'lrfind');
  if (reasons.length > 0)
    throw new InputError(`model "${model.name}" cannot be trained on ${getBackend()}: ${reasons.join('; ')}`);
}
