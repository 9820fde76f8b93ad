import { InputError } from '@lrfind/core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isCustomLayer } from '../../layers/translate-part.js';
import { weightVariables } from '../../weights.js';
import type { ModelFile } from '../format.js';
import { buildTopology } from '../tfjs/read.js';
import type { KerasDocument } from './document.js';
import type { Hdf5File } from './hdf5.js';
import { loadKerasWeights, type WeightSource } from './load-weights.js';
import { optimizerVariables } from './optimizer-variables.js';
import { refuseUnreadable } from './refusals.js';
import { type Converted, convertModel } from './topology.js';

/**
 * Builds a model of Keras, with its weights where there are any.
 *
 * @param name what messages call the file
 * @param weights where they lie; undefined where each seed draws its own
 * @param state where the state of the optimizer lies; undefined where there is none
 * @throws InputError naming the layer that cannot be built, or whose weights do not fit
 */
export async function buildKerasModel(
  name: string,
  { model: entry, keras, trainingConfig }: KerasDocument,
  weights: WeightSource | undefined,
  state: { readonly file: Hdf5File; readonly layout: WeightSource['layout'] } | undefined,
): Promise<ModelFile> {
  let converted: Converted | undefined;
  const model = await buildTopology(name, () => {
    refuseUnreadable(entry, isCustomLayer);
    converted = convertModel(entry, keras);
    return converted.topology;
  });
  try {
    const { inputKeys, outputKeys, notes } = converted as Converted;
    nameEnds(model, inputKeys, outputKeys);
    if (weights) loadKerasWeights(entry, model, weights);
    const variables = state && trainingConfig ? optimizerVariables(entry, model, state, trainingConfig) : undefined;
    return {
      model,
      hasWeights: weights !== undefined,
      trainingConfig,
      ...(notes.length > 0 && { notes }),
      ...(variables && { optimizerVariables: variables }),
    };
  } catch (error) {
    disposeModel(model);
    throw error;
  }
}

/** Frees a model and the weights of layers that are called several times, which TensorFlow.js's own `dispose` leaves. */
export function disposeModel(model: LayersModel): void {
  const variables = weightVariables(model);
  model.dispose();
  for (const variable of variables) if (!variable.isDisposed) variable.dispose();
}

/** Data for a model with inputs or outputs by key are named by the keys, not by the layers. */
function nameEnds(model: LayersModel, inputKeys: readonly string[] | null, outputKeys: readonly string[] | null): void {
  if (inputKeys) model.inputNames = [...inputKeys];
  if (outputKeys) model.outputNames = [...outputKeys];
}

/**
 * The layout of a file of weights.
 *
 * @param root the group that holds the layers in the older layout
 * @throws InputError for an HDF5 file without weights of Keras
 */
export function weightSource(name: string, file: Hdf5File): WeightSource {
  for (const root of ['', 'model_weights']) {
    const legacy = file.has(root) && ['layer_names', 'layer_names0'].some((each) => file.texts(root, each));
    if (legacy) return { name, file, layout: 'legacy', root };
  }
  const objects = ['layers', 'vars', '_layer_checkpoint_dependencies'].some((each) => file.has(each));
  if (objects) return { name, file, layout: 'objects', root: '' };
  throw new InputError(
    `${name} must hold weights of Keras: a group "layers", or the attribute layer_names; got neither`,
  );
}
