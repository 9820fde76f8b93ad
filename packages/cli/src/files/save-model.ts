import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@lrfind/core';
import { checkSavable, serializeModel } from '@lrfind/finder';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModelFolder, finishModel, modelFiles, unfinishedModel } from './model-folder.js';

/**
 * Saves a model to a folder as a TensorFlow.js layers model: `model.json` and `weights.bin`, which TensorFlow.js's loaders
 * (in a browser too) and `readModel` read. The folder is written under another name and renamed last, so whatever happens
 * it is either as before or complete. The optimizer and the states of stateful layers are not saved.
 *
 * @param folder a new or empty one, or one that holds a saved model and nothing else, which is replaced
 * @throws InputError for a folder that `checkModelFolder` refuses, for a model that `checkSavable` refuses, and when the
 *   files cannot be written
 *
 * @example
 * await train(model, { xs, ys }, { learningRate: 0.01 });
 * await saveModel(model, 'trained');
 */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  checkSavable(model);
  await checkModelFolder(folder);
  const { topology, weights } = await serializeModel(model, modelFiles.weights);
  const unfinished = unfinishedModel(folder);
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    await writeFile(join(unfinished, modelFiles.weights), weights);
    await writeFile(join(unfinished, modelFiles.topology), topology);
    finishModel(folder);
  } catch (error) {
    throw new InputError(`the model cannot be saved to ${folder}: ${(error as Error).message}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
