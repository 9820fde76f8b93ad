import { InputError, type Random, seededRandom, withMathRandom } from '@lrfind/core';
import { dispose, keep, type Tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, models } from '@tensorflow/tfjs-layers';
import { withWeightLimit } from './weight-limit.js';
import { assertFinite, assignTo, weightVariables } from './weights.js';

/** `given`: the weights that the model has; `drawn`: new ones for each seed, from the model's own initialisers. */
export type InitialWeights = 'given' | 'drawn';

/**
 * A function that puts the initial weights of a seed in place.
 *
 * @param given the model's own weights
 * @throws InputError when weights are to be drawn and a layer cannot be described, and for given weights that are not finite
 */
export function initialiser(
  model: LayersModel,
  given: readonly Tensor[],
  from: InitialWeights,
): (seed: number) => Promise<void> {
  // At once, because the order of `model.weights` changes with `trainable`.
  const variables = weightVariables(model);
  if (from === 'given') {
    assertFinite(
      `model "${model.name}"`,
      model.weights.map(({ originalName }, i) => [originalName, given[i] as Tensor]),
    );
    return async () => assignTo(variables, given);
  }
  const topology = topologyOf(model);
  return async (seed) => {
    const drawn = await drawInitialWeights(topology, seededRandom(seed, 'weights'));
    assignTo(variables, drawn);
    dispose(drawn);
  };
}

/**
 * Draws initial weights from a model's own initialisers, without touching the model: it builds a second one from the
 * topology and takes its weights. Seeds that are fixed in initialisers are ignored, so that every repeat starts elsewhere.
 *
 * @param topology from `topologyOf`
 * @param random where the initialisers draw from
 * @returns one tensor for each of `model.weights`, in that order; the caller disposes them
 */
async function drawInitialWeights(topology: object, random: Random): Promise<Tensor[]> {
  const twin = await buildModel(topology, random);
  const weights = twin.weights.map((weight) => keep(weight.read().clone()));
  twin.dispose();
  return weights;
}

/**
 * Builds a model from its topology, all initial weights drawn from `random`.
 *
 * @param topology from `topologyOf`, or the contents of a model.json without weights
 * @throws InputError for more weights than any machine holds, before they are allocated
 */
export function buildModel(topology: object, random: Random): Promise<LayersModel> {
  // TensorFlow.js draws while it builds, which it does before it returns its promise.
  return withMathRandom(random, () => withWeightLimit(() => models.modelFromJSON(withoutSeeds(topology) as never)));
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
