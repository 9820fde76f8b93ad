import { InputError, seededRandom } from '@lrfind/core';
import { type ByteSource, decodeText } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildModel } from '../../initial-weights.js';
import { layersWithin } from '../../layers-within.js';
import type { ModelFormat, TrainingConfig } from '../format.js';
import { ignoredOptions, isKeras3, layerConfigs, layerTitle } from './topology.js';
import { weightPaths } from './weight-paths.js';
import { readWeights, type WeightGroup } from './weights.js';

/** The parts of a model.json that matter here. */
interface ModelJson {
  modelTopology?: Topology;
  weightsManifest?: WeightGroup[];
  trainingConfig?: TrainingConfig;
  format?: string;
}

interface Topology {
  model_config?: unknown;
  training_config?: TrainingConfig;
  class_name?: string;
  config?: unknown;
  node?: unknown;
}

/**
 * TensorFlow.js layers models: `model.json`, with weight shards next to it or without any.
 *
 * The compiled optimizer is not built, because TensorFlow.js would drop its momentum and turn unknown rates into NaN. It
 * is returned as written, for `optimizerFromTrainingConfig`.
 */
export const tfjsFormat: ModelFormat = {
  name: 'TensorFlow.js layers model',
  extensions: ['.json'],
  async read(source, bytes) {
    const json = parse(source.name, bytes);
    const topology = topologyIn(source.name, json);
    const model = await build(source.name, topology);
    const groups = json.weightsManifest ?? [];
    const hasWeights = groups.some((group) => group.weights?.length > 0);
    if (hasWeights) await loadWeights(source, model, groups);
    const trainingConfig = json.trainingConfig ?? json.modelTopology?.training_config ?? null;
    return { model, hasWeights, trainingConfig };
  },
  parts: weightPaths,
};

function parse(name: string, bytes: Uint8Array): ModelJson {
  try {
    return JSON.parse(decodeText(bytes)) as ModelJson;
  } catch (error) {
    throw new InputError(`${name} is not JSON: ${(error as Error).message}`);
  }
}

function topologyIn(path: string, json: ModelJson): Topology {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InputError(
      `${path} is not a layers model: it must be an object; got ${Array.isArray(json) ? 'a list' : typeof json}`,
    );
  }
  if (json.format === 'graph-model' || json.modelTopology?.node) {
    throw new InputError(
      `${path} is a graph model, which cannot be trained; convert with --output_format=tfjs_layers_model`,
    );
  }
  // model.to_json() of Keras is the bare topology.
  const topology = json.modelTopology ?? (json as Topology);
  const config = (topology.model_config ?? topology) as Topology;
  if (typeof config.class_name !== 'string' || typeof config.config !== 'object') {
    throw new InputError(`${path} is not a layers model: it has no modelTopology with class_name and config`);
  }
  if (isKeras3(topology)) {
    throw new InputError(
      `${path} was written by Keras 3, whose model format is not supported yet; save it with Keras 2 (tf_keras) or as a TensorFlow.js layers model`,
    );
  }
  const ignored = ignoredOptions(config);
  if (ignored.length > 0) throw new InputError(`${path}: ${ignored.join('; ')}`);
  return topology;
}

async function build(path: string, topology: Topology): Promise<LayersModel> {
  try {
    // The weights drawn here are only placeholders: a file's own weights or each seed's replace them.
    const model = await placeholder(topology);
    if (!model.inputs?.length) throw new Error('its input shape is missing');
    freezeNested(model, topology);
    return model;
  } catch (error) {
    const { message } = error as Error;
    const layer = await culprit(topology, message);
    throw new InputError(`${path} describes a model that TensorFlow.js cannot build: ${layer}${message}`);
  }
}

/** Freezes models within the model that the file says are frozen; TensorFlow.js reads over their `trainable`. */
function freezeNested(model: LayersModel, topology: Topology): void {
  const frozen = [...layerConfigs(topology.model_config ?? topology)].filter(
    ({ config }) => 'layers' in config && config.trainable === false,
  );
  const names = new Set(frozen.map(({ config }) => config.name));
  for (const layer of layersWithin(model)) if ('layers' in layer && names.has(layer.name)) layer.trainable = false;
}

/** The first layer that fails in the same way when it is alone, since TensorFlow.js names none; empty when there is none. */
async function culprit(topology: Topology, message: string): Promise<string> {
  for (const layer of layerConfigs(topology.model_config ?? topology)) {
    const alone = { class_name: 'Sequential', config: { name: 'alone', layers: [layer] } };
    const failure = await placeholder(alone).then(
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

function placeholder(topology: Topology): Promise<LayersModel> {
  return buildModel({ modelTopology: topology }, seededRandom(0, 'placeholder'));
}

async function loadWeights(source: ByteSource, model: LayersModel, groups: WeightGroup[]): Promise<void> {
  const weights = await readWeights(source, groups);
  try {
    withoutConstraints(model, () => model.loadWeights(weights));
  } catch (error) {
    throw new InputError(`the weights of ${source.name} do not fit its layers: ${(error as Error).message}`);
  } finally {
    for (const tensor of Object.values(weights)) tensor.dispose();
  }
}

/** Weights are what the file says, as in Keras. TensorFlow.js would apply constraints to what it loads. */
function withoutConstraints(model: LayersModel, load: () => void): void {
  const constrained = (model.weights as unknown as { constraint: unknown }[]).filter(({ constraint }) => constraint);
  const constraints = constrained.map(({ constraint }) => constraint);
  for (const weight of constrained) weight.constraint = null;
  try {
    load();
  } finally {
    for (const [i, weight] of constrained.entries()) weight.constraint = constraints[i];
  }
}
