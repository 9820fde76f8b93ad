import { isObject, parseJson } from '@lrfind/core';
import { type ByteSource, decodeText } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ModelFormat } from '../format.js';
import { loadNamedWeights, loadWeightFile, namedWeights } from '../named-weights.js';
import { modelDocument } from '../tfjs/document.js';
import { isKeras3 } from '../tfjs/topology.js';
import { checkManifest, readWeights } from '../tfjs/weights.js';
import { buildKerasModel } from './build.js';
import { builtLayers, weightsOf } from './built-layers.js';
import { kerasDocument } from './document.js';
import type { KerasEntry } from './entry.js';

/** Reads the format of `convertedKerasFormat`. */
export const readConverted: ModelFormat['read'] = async (source, bytes, { weights }) => {
  const { name } = source;
  const document = modelDocument(name, parseJson(decodeText(bytes), name));
  const groups = checkManifest(name, document.weightsManifest);
  const compiled = document.trainingConfig ?? (isObject(document.model) ? document.model.compile_config : undefined);
  const version = isKeras3(document.topology) ? '3.0' : document.topology.keras_version;
  const keras = kerasDocument(name, document.model, version, compiled);
  const file = await buildKerasModel(name, keras, undefined, undefined);
  const own = groups.some((group) => group.weights.length > 0);
  try {
    if (typeof weights === 'object') await loadWeightFile(weights, file.model);
    else if (own && weights !== 'none') await loadConverted(source, keras.model, file.model, groups);
  } catch (error) {
    file.model.dispose();
    throw error;
  }
  return { ...file, hasWeights: own || weights !== undefined };
};

/** Weights of an `.h5` file have the names of Keras, those of a `.keras` file their paths in it, the optimizer's among them. */
async function loadConverted(
  source: ByteSource,
  entry: KerasEntry,
  model: LayersModel,
  groups: ReturnType<typeof checkManifest>,
): Promise<void> {
  const paths = new Map(
    builtLayers(entry, model).flatMap((each) =>
      weightsOf(each).map(({ path, weight }) => [weight, [...each.path.split('/'), ...path.split('/')]] as const),
    ),
  );
  const known = namedWeights(model).map(({ weight, names }) => {
    const path = paths.get(weight);
    // TensorFlow.js puts the direction before a name that has it already.
    const plain = names.map((name) =>
      name.map((part) => part.replace(/^(forward|backward)_(forward|backward)_/, '$1_')),
    );
    return { weight, names: [...names, ...plain, ...(path ? [path] : [])] };
  });
  const tensors = await readWeights(source, groups);
  try {
    const read = Object.entries(tensors)
      .filter(([name]) => !name.startsWith('optimizer/'))
      .map(([name, tensor]) => [name, { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) }] as const);
    loadNamedWeights(source.name, model, new Map(read), 'its', known);
  } finally {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
}
