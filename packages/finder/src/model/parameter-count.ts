import type { LayersModel } from '@tensorflow/tfjs-layers';

/** How many numbers of a model are trained. */
export function parameterCount(model: LayersModel): number {
  return model.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0);
}
