import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '@lrfind/core';
import { checkSavable, serializeModel } from '@lrfind/finder';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModelFolder, finishModel, modelFiles, placeOf } from './model-folder.js';
import { finished, removeUnfinished, unfinishedName, writeNewFile } from './unfinished.js';

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
  const unfinished = unfinishedName(placeOf(folder));
  try {
    mkdirSync(unfinished);
    writeNewFile(join(unfinished, modelFiles.weights), weights);
    writeNewFile(join(unfinished, modelFiles.topology), topology);
    finishModel(unfinished, folder);
    finished(unfinished);
  } catch (error) {
    throw fileError(`the model cannot be saved to ${folder}`, error);
  } finally {
    removeUnfinished([unfinished]);
  }
}
