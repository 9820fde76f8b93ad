import { unsupportedLayers } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkConstraintAxes } from '../model/constraint-axes.js';
import { layersWithin } from '../model/layers-within.js';

/**
 * Refuses a model that would be trained wrongly, or not at all, on the current backend.
 *
 * @throws InputError naming the layers, or a weight whose constraint does not fit it
 */
export function assertTrainable(model: LayersModel): void {
  checkConstraintAxes(model);
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
