import { dispose } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { seededRandom } from '@lrfind/core';
import { assignWeights, type ModelLease } from './lease.js';
import { drawInitialWeights, topologyOf } from './initial-weights.js';

/**
 * What puts the weights in place that a training starts from.
 *
 * @param from `given`: the weights that the model had when it was lent; `drawn`: new ones for each seed, from the model's own
 *   initialisers
 * @throws InputError when weights are to be drawn and a layer cannot be described
 */
export function startWeights(model: LayersModel, loan: ModelLease, from: 'given' | 'drawn'): (seed: number) => Promise<void> {
  if (from === 'given') return async () => assignWeights(model, loan.weights);
  const topology = topologyOf(model);
  return async (seed) => {
    const drawn = await drawInitialWeights(topology, seededRandom(seed, 'weights'));
    assignWeights(model, drawn);
    dispose(drawn);
  };
}
