import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, models } from '@tensorflow/tfjs-layers';
import { InputError, type Random, withMathRandom } from '@lrfind/core';

/**
 * Draws fresh initial weights for a model from its own initialisers, without touching it: the topology is built a second
 * time and its weights are taken over. Seeds fixed in the model's initialisers are left aside, since each repetition
 * must start elsewhere.
 *
 * @param topology the model's topology, from `topologyOf`
 * @param random where the initialisers draw from
 * @returns one tensor for each of `model.weights`, in that order; the caller disposes them
 */
export async function drawInitialWeights(topology: object, random: Random): Promise<Tensor[]> {
  const twin = await buildModel(topology, random);
  const weights = twin.weights.map((weight) => keep(weight.read().clone()));
  twin.dispose();
  return weights;
}

/**
 * Builds a model from its topology, all initial weights drawn from `random`.
 *
 * @param topology what `topologyOf` returns, or the contents of a model.json without weights
 */
export function buildModel(topology: object, random: Random): Promise<LayersModel> {
  // TensorFlow.js draws while it builds, which it does before its promise is handed out.
  return withMathRandom(random, () => models.modelFromJSON(withoutSeeds(topology) as never));
}

/**
 * The topology of a model in memory, as plain JSON.
 *
 * @throws InputError when a layer cannot be described, such as a custom layer that is not registered
 */
export function topologyOf(model: LayersModel): object {
  try {
    return { modelTopology: JSON.parse(JSON.stringify(model.toJSON(null, false))) };
  } catch (error) {
    throw new InputError(
      `model "${model.name}" cannot be rebuilt to draw new initial weights (${(error as Error).message}); register its custom layers or keep its weights with initialWeights: 'given'`,
    );
  }
}

/** A copy of a configuration in which every `seed` is null. */
function withoutSeeds(config: unknown): unknown {
  if (Array.isArray(config)) return config.map(withoutSeeds);
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, key === 'seed' ? null : withoutSeeds(value)]),
  );
}
