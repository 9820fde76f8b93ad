import { unsupportedLayers } from '@lrfind/backends';
import { getBackend } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InputError } from '@lrfind/core';

/**
 * Refuses what TensorFlow.js would train wrongly or not at all on the current backend, before any work is done.
 *
 * @throws InputError naming the layers
 */
export function refuseUntrainable(model: LayersModel): void {
  const reasons = unsupportedLayers(model);
  if (reasons.length > 0)
    throw new InputError(`model "${model.name}" cannot be trained on ${getBackend()}: ${reasons.join('; ')}`);
}
