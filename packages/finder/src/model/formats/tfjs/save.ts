import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InputError } from '@lrfind/core';
import { checkModelFolder, finishModel, modelFiles, unfinishedModel } from 'lrfind';

/**
 * Writes a model to a folder as a TensorFlow.js layers model: `model.json` and `weights.bin` beside it, which TensorFlow.js's
 * loaders, in a browser too, and `readModel` read. The folder is written beside and renamed last, so that whatever happens it
 * is either as before or whole. The optimizer and the states of stateful layers are left out.
 *
 * @param model the model
 * @param folder one for which `checkModelFolder` finds no fault; a model that was written there before is replaced
 * @throws InputError when `checkModelFolder` or `checkSavable` finds a fault, or the files cannot be written
 */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  await checkModelFolder(folder);
  checkSavable(model);
  const { weightData, weightSpecs, ...described } = await artifactsOf(model);
  const manifest = [{ paths: [modelFiles.weights], weights: weightSpecs }];
  const unfinished = unfinishedModel(folder);
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    const bytes = io.CompositeArrayBuffer.join(weightData as io.WeightData as ArrayBuffer | ArrayBuffer[]);
    await writeFile(join(unfinished, modelFiles.weights), new Uint8Array(bytes));
    await writeFile(join(unfinished, modelFiles.topology), JSON.stringify({ ...described, weightsManifest: manifest }));
    finishModel(folder);
  } catch (error) {
    throw new InputError(`the model cannot be saved to ${folder}: ${(error as Error).message}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * Checks before any training that a model can be read again once it has been saved.
 *
 * @throws InputError when a layer cannot be described, or two weights have the same name, which TensorFlow.js writes but
 *   refuses to read: layers of the same name in models within the model, or a layer that is in the model and in one within
 */
export function checkSavable(model: LayersModel): void {
  try {
    model.toJSON(null, false);
  } catch (error) {
    throw new InputError(`model "${model.name}" cannot be saved: ${(error as Error).message}`);
  }
  const seen = new Set<string>();
  for (const { originalName } of model.weights) {
    if (seen.has(originalName)) {
      throw new InputError(
        `model "${model.name}" cannot be saved: two of its weights are called "${originalName}"; give layers names of their own, also in models within it`,
      );
    }
    seen.add(originalName);
  }
}

async function artifactsOf(model: LayersModel): Promise<io.ModelArtifacts> {
  let taken: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      taken = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return taken as io.ModelArtifacts;
}
