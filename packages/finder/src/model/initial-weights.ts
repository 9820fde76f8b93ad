import { InputError, type Random, seededRandom, withMathRandom } from '@lrfind/core';
import { dispose, keep, serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, models } from '@tensorflow/tfjs-layers';
import { layersWithin } from './layers-within.js';
import { withWeightLimit } from './weight-limit.js';
import { assertFinite, assignTo, valuesOf, type WeightValues, weightVariables } from './weights.js';
import { wholeTopology } from './whole-topology.js';

/** `given`: the weights that the model has; `drawn`: new ones for each seed, from the model's own initialisers. */
export type InitialWeights = 'given' | 'drawn';

/**
 * A function that puts the initial weights of a seed in place.
 *
 * @param given the model's own weights
 * @throws InputError when weights are to be drawn and a layer cannot be described, and for given weights that are not finite
 */
export async function initialiser(
  model: LayersModel,
  given: readonly Tensor[],
  from: InitialWeights,
): Promise<(seed: number) => Promise<void>> {
  // At once, because the order of `model.weights` changes with `trainable`.
  const variables = weightVariables(model);
  if (from === 'given') {
    const values = await valuesOf(given);
    assertFinite(
      `model "${model.name}"`,
      model.weights.map(({ originalName }, i) => [originalName, values[i] as WeightValues]),
    );
    return async () => assignTo(variables, given);
  }
  const topology = topologyOf(model);
  const frozen = [...layersWithin(model)].map((layer) => 'layers' in layer && !layer.trainable);
  return async (seed) => {
    const drawn = await drawInitialWeights(topology, frozen, seededRandom(seed, 'weights')).catch((error: Error) => {
      throw error instanceof InputError ? error : notRebuilt(model, error);
    });
    assignTo(variables, drawn);
    dispose(drawn);
  };
}

/**
 * Draws initial weights from a model's own initialisers, without touching the model: it builds a second one from the
 * topology and takes its weights. Seeds that are fixed in initialisers are ignored, so that every repeat starts elsewhere.
 *
 * @param topology from `topologyOf(model)`
 * @param frozen for each of `layersWithin(model)`, whether it is a model that is frozen: the order of weights depends on it,
 *   and TensorFlow.js builds models within a model unfrozen
 * @param random where the initialisers draw from
 * @returns one tensor for each of `model.weights`, in that order; the caller disposes them
 */
async function drawInitialWeights(topology: object, frozen: readonly boolean[], random: Random): Promise<Tensor[]> {
  const twin = await buildModel(topology, random);
  for (const [i, layer] of [...layersWithin(twin)].entries()) if (frozen[i]) layer.trainable = false;
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
  // TensorFlow.js draws while it builds, which it does before it returns its promise. Initialisers leave tensors behind.
  const build = () => {
    const built: { model?: Promise<LayersModel> } = {};
    tidy(() => {
      built.model = models.modelFromJSON(withoutSeeds(topology) as never);
    });
    return built.model as Promise<LayersModel>;
  };
  return withMathRandom(random, () => withWeightLimit(() => withPointwiseInitializers(build)));
}

/** How TensorFlow.js makes a layer of a configuration. */
type FromConfig = (type: unknown, config: serialization.ConfigDict) => Record<string, unknown>;

/** Lets `separableConv2d` draw its pointwise kernel as it is told to; TensorFlow.js draws it as the depthwise one. */
function withPointwiseInitializers<Result>(action: () => Result): Result {
  const entry = serialization.SerializationMap.getMap().classNameMap.SeparableConv2D as unknown as [
    unknown,
    FromConfig,
  ];
  const [, fromConfig] = entry;
  entry[1] = (type, config) => {
    const layer = fromConfig(type, config);
    const other = { ...config, depthwiseInitializer: config.pointwiseInitializer as string };
    layer.pointwiseInitializer = fromConfig(type, other).depthwiseInitializer;
    return layer;
  };
  try {
    return action();
  } finally {
    entry[1] = fromConfig;
  }
}

/**
 * The topology of a model in memory, as plain JSON.
 *
 * @throws InputError when a layer cannot be described, such as a custom layer that is not registered
 */
export function topologyOf(model: LayersModel): object {
  try {
    return { modelTopology: wholeTopology(model) };
  } catch (error) {
    throw notRebuilt(model, error as Error);
  }
}

function notRebuilt(model: LayersModel, cause: Error): InputError {
  return new InputError(
    `model "${model.name}" cannot be rebuilt to draw new initial weights (${cause.message}); register its custom layers or keep its weights with initialWeights: 'given'`,
    { cause },
  );
}

/** A copy of a configuration in which every `seed` is null. */
function withoutSeeds(config: unknown): unknown {
  if (Array.isArray(config)) return config.map(withoutSeeds);
  if (typeof config !== 'object' || config === null) return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, key === 'seed' ? null : withoutSeeds(value)]),
  );
}
