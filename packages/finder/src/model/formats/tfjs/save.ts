import { InputError } from '@lrfind/core';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assertModel } from '../../describe.js';
import { wholeTopology } from '../../whole-topology.js';

/** The contents of the two files of a TensorFlow.js layers model. */
export interface SavedModel {
  /** Of `model.json`. */
  readonly topology: string;
  /** Of the weight file next to it. */
  readonly weights: Uint8Array;
}

/**
 * A model as files. The optimizer and the states of stateful layers are left out.
 *
 * @param weightsFile name of the weight file
 * @throws InputError when `checkSavable` finds a problem
 */
export async function serializeModel(model: LayersModel, weightsFile: string): Promise<SavedModel> {
  checkSavable(model);
  const { weightData, weightSpecs, ...described } = await artifactsOf(model);
  const manifest = [{ paths: [weightsFile], weights: weightSpecs }];
  const bytes = io.CompositeArrayBuffer.join(weightData as io.WeightData as ArrayBuffer | ArrayBuffer[]);
  return {
    topology: JSON.stringify({ ...described, weightsManifest: manifest }),
    weights: new Uint8Array(bytes),
  };
}

/**
 * Checks before any training that a model can be read again after it has been saved.
 *
 * @throws InputError when a layer cannot be described, or two weights have the same name, which TensorFlow.js writes but
 *   refuses to read: layers of the same name in models within the model, or a layer that is in the model and in one within
 */
export function checkSavable(model: LayersModel): void {
  assertModel(model);
  try {
    wholeTopology(model);
  } catch (error) {
    throw new InputError(`model "${model.name}" cannot be saved: ${(error as Error).message}`);
  }
  const seen = new Set<string>();
  for (const { originalName } of model.weights) {
    if (seen.has(originalName)) {
      throw new InputError(
        `model "${model.name}" cannot be saved: two of its weights are called "${originalName}"; each layer must have its own name, also in models within it`,
      );
    }
    seen.add(originalName);
  }
}

async function artifactsOf(model: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return { ...(artifacts as io.ModelArtifacts), modelTopology: wholeTopology(model) };
}
