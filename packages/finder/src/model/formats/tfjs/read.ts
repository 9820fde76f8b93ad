import { InputError, parseJson, seededRandom } from '@lrfind/core';
import { type ByteSource, decodeText } from '@lrfind/data';
import { engine } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildModel } from '../../initial-weights.js';
import { registerKerasClasses } from '../../layers/registered-classes.js';
import { layersWithin } from '../../layers-within.js';
import type { ModelFormat } from '../format.js';
import { loadNamedWeights, loadWeightFile } from '../named-weights.js';
import { modelDocument } from './document.js';
import { giveInputShapes } from './input-shapes.js';
import { ignoredOptions, isKeras3, type LayerConfig, layerConfigs, layerTitle } from './topology.js';
import { asKeras, translateModel } from './translate.js';
import { weightPaths } from './weight-paths.js';
import { checkManifest, readWeights } from './weights.js';

/**
 * TensorFlow.js layers models: `model.json`, with weight shards next to it or without any.
 *
 * The compiled optimizer is not built, because TensorFlow.js would drop its momentum and turn unknown rates into NaN. It
 * is returned as written, for `optimizerFromTrainingConfig`.
 */
export const tfjsFormat: ModelFormat = {
  name: 'TensorFlow.js layers model',
  extensions: ['.json'],
  async read(source, bytes, { weights }) {
    const { name } = source;
    const document = modelDocument(name, parseJson(decodeText(bytes), name));
    const groups = checkManifest(name, document.weightsManifest);
    if (isKeras3(document.topology)) {
      throw new InputError(
        `${name} was written by Keras 3, whose model format is not supported yet; save it with Keras 2 (tf_keras) or as a TensorFlow.js layers model`,
      );
    }
    const model = await build(name, document.model);
    const own = groups.some((group) => group.weights.length > 0);
    try {
      if (typeof weights === 'object') await loadWeightFile(weights, model);
      else if (own && weights !== 'none') await loadWeights(source, model, groups);
    } catch (error) {
      model.dispose();
      throw error;
    }
    return { model, hasWeights: own || weights !== undefined, trainingConfig: document.trainingConfig };
  },
  parts: weightPaths,
};

function build(path: string, described: unknown): Promise<LayersModel> {
  return buildTopology(path, () => {
    const topology = translateModel(asKeras(described));
    const ignored = ignoredOptions(topology);
    if (ignored.length > 0) throw new InputError(ignored.join('; '));
    return topology;
  });
}

/**
 * Builds a model, its weights placeholders.
 *
 * @param path what messages call the file
 * @param describe gives the topology in TensorFlow.js's words
 * @throws InputError naming the file, and the layer that cannot be built; what `describe` throws is among it
 */
export async function buildTopology(path: string, describe: () => LayerConfig): Promise<LayersModel> {
  if (!engine().backendNames().length)
    throw new InputError(`a backend must be set up before ${path} is read: await useBackend()`);
  registerKerasClasses();
  const failed = (message: string) =>
    new InputError(`${path} describes a model that TensorFlow.js cannot build: ${message}`);
  let topology: LayerConfig;
  try {
    topology = describe();
    await giveInputShapes(topology, outputShapeOf);
  } catch (error) {
    throw error instanceof InputError ? failed(error.message) : error;
  }
  try {
    // The weights drawn here are only placeholders: a file's own weights or each seed's replace them.
    const model = await placeholder(topology);
    if (!model.inputs?.length) throw new Error('its input shape is missing');
    freezeNested(model, topology);
    return model;
  } catch (error) {
    const { message } = error as Error;
    const layer = error instanceof InputError ? '' : await culprit(topology, message);
    throw failed(
      `${layer}${message.replace(/ Input received: .*/s, '').replace(/ Received stateSpec=.*However,?/s, '')}`,
    );
  }
}

/** Freezes models within the model that the file says are frozen; TensorFlow.js ignores their `trainable`. */
function freezeNested(model: LayersModel, topology: LayerConfig): void {
  const frozen = [...layerConfigs(topology)].filter(({ config }) => 'layers' in config && config.trainable === false);
  const names = new Set(frozen.map(({ config }) => config.name));
  for (const layer of layersWithin(model)) if ('layers' in layer && names.has(layer.name)) layer.trainable = false;
}

/** The first layer that fails in the same way when it is alone, since TensorFlow.js names none; empty when there is none. */
async function culprit(topology: LayerConfig, message: string): Promise<string> {
  for (const layer of layerConfigs(topology)) {
    const failure = await placeholder(sequential([layer])).then(
      (model) => {
        model.dispose();
        return undefined;
      },
      (error: Error) => error.message,
    );
    if (failure === message) return `${layerTitle(layer)}: `;
  }
  return '';
}

async function outputShapeOf(layers: readonly LayerConfig[]): Promise<unknown> {
  const model = await placeholder(sequential(layers));
  const shape = model.outputs[0]?.shape;
  model.dispose();
  return shape;
}

function sequential(layers: readonly LayerConfig[]): LayerConfig {
  return { class_name: 'Sequential', config: { name: 'alone', layers } };
}

function placeholder(topology: LayerConfig): Promise<LayersModel> {
  return buildModel({ modelTopology: topology }, seededRandom(0, 'placeholder'));
}

/** The weights of the shards, by their names; converters put the name of the model before that of the layer. */
async function loadWeights(
  source: ByteSource,
  model: LayersModel,
  groups: ReturnType<typeof checkManifest>,
): Promise<void> {
  const tensors = await readWeights(source, groups);
  try {
    const read = Object.entries(tensors).map(
      ([name, tensor]) => [name, { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) }] as const,
    );
    loadNamedWeights(source.name, model, new Map(read), 'its');
  } finally {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
}
