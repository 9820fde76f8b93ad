import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InputError, seededRandom } from '@lrfind/core';
import { buildModel } from '../../initial-weights.js';
import { readWeights, type WeightGroup } from './weights.js';
import { ignoredOptions, isKeras3, layerConfigs, layerTitle } from './topology.js';

/** A model read from a file. */
export interface ModelFile {
  readonly model: LayersModel;
  /** Whether the file came with weights. Without, each seed draws its own. */
  readonly hasWeights: boolean;
  /** The file's own loss and optimizer, as written there, or null. */
  readonly trainingConfig: TrainingConfig | null;
}

/** What a compiled model wrote down about its training. */
export interface TrainingConfig {
  readonly loss?: unknown;
  readonly optimizer_config?: unknown;
}

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
 * Reads a TensorFlow.js layers model: `model.json`, with its weight shards beside it or without any.
 *
 * The compiled optimizer is not built: TensorFlow.js would drop a momentum and turn unknown rates into NaN. It is handed
 * out as written, for `optimizerFromTrainingConfig`.
 *
 * @param path of the model.json
 * @throws InputError when there is no such file, it is not JSON, not a layers model, it has a layer or an option of one
 *   that TensorFlow.js does not have, or its weights are incomplete
 */
export async function readModel(path: string): Promise<ModelFile> {
  const json = await readJson(path);
  const topology = topologyIn(path, json);
  const model = await build(path, topology);
  const groups = json.weightsManifest ?? [];
  const hasWeights = groups.some((group) => group.weights?.length > 0);
  if (hasWeights) await loadWeights(path, model, groups);
  const trainingConfig = json.trainingConfig ?? json.modelTopology?.training_config ?? null;
  return { model, hasWeights, trainingConfig };
}

async function readJson(path: string): Promise<ModelJson> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' ? `no such model file: ${path}` : `cannot read the model ${path}: ${error.message}`,
    );
  });
  if (found.isDirectory())
    throw new InputError(`${path} is a directory; the model must be a file such as ${join(path, 'model.json')}`);
  const bytes = await readFile(path).catch((error: Error) => {
    throw new InputError(`cannot read the model ${path}: ${error.message}`);
  });
  refuseBinary(path, bytes);
  try {
    return JSON.parse(bytes.toString('utf8')) as ModelJson;
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

/** Keras's own files are often tried first; say what to do with them. */
function refuseBinary(path: string, bytes: Buffer): void {
  const kind = bytes.subarray(0, 4).toString('latin1');
  if (kind === '\x89HDF')
    throw new InputError(`${path} is a Keras HDF5 file; convert it to a TensorFlow.js layers model (model.json)`);
  if (kind === 'PK\x03\x04')
    throw new InputError(`${path} is a zip file (.keras?); convert it to a TensorFlow.js layers model (model.json)`);
}

function topologyIn(path: string, json: ModelJson): Topology {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InputError(
      `${path} is not a layers model: it holds ${Array.isArray(json) ? 'a list' : typeof json}, not an object`,
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
    return model;
  } catch (error) {
    const { message } = error as Error;
    const layer = await culprit(topology, message);
    throw new InputError(`${path} describes a model that TensorFlow.js cannot build: ${layer}${message}`);
  }
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

async function loadWeights(path: string, model: LayersModel, groups: WeightGroup[]): Promise<void> {
  const weights = await readWeights(dirname(path), groups);
  try {
    model.loadWeights(weights);
  } catch (error) {
    throw new InputError(`the weights of ${basename(path)} do not fit its layers: ${(error as Error).message}`);
  } finally {
    for (const tensor of Object.values(weights)) tensor.dispose();
  }
}
