import { mkdirSync, renameSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileError, notAllowed } from '@lrfind/core';
import {
  checkSavable,
  checkSavableForKeras,
  type KerasFileFormat,
  serializeForKeras,
  serializeModel,
} from '@lrfind/finder';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkModelFolder, finishModel, modelFiles, placeOf } from './model-folder.js';
import { finished, removeUnfinished, unfinishedName, writeNewFile } from './unfinished.js';

/** The format of Keras that the ending of a path names; undefined for a folder. */
export function kerasFormatOf(path: string): KerasFileFormat | undefined {
  const ending = extname(path).toLowerCase();
  if (ending === '.keras') return 'keras';
  return ending === '.h5' || ending === '.hdf5' ? 'h5' : undefined;
}

/**
 * Checks before any training that a model can be saved in the format that a path names.
 *
 * @throws InputError naming the layer or weight that cannot be saved
 */
export function checkSavableAs(model: LayersModel, path: string): void {
  const format = kerasFormatOf(path);
  if (format) checkSavableForKeras(model, format);
  else checkSavable(model);
}

/**
 * Saves a model: to a file of Keras where the path ends in `.keras` (for Keras 3) or `.h5` (for Keras 2 and 3), else to a folder as
 * a TensorFlow.js layers model, `model.json` and `weights.bin`, which TensorFlow.js's loaders (in a browser too) and `readModel`
 * read. File or folder is written under another name and renamed last, so whatever happens it is either as before or complete. The
 * optimizer and the states of stateful layers are not saved.
 *
 * @param path a file of Keras; or a new or empty folder, or one that holds a saved model and nothing else, which is replaced
 * @throws InputError for a folder that `checkModelFolder` refuses, for a model that `checkSavable` refuses or that Keras does not
 *   have, and when the files cannot be written
 *
 * @example
 * await train(model, { xs, ys }, { learningRate: 0.01 });
 * await saveModel(model, 'trained');
 */
export async function saveModel(model: LayersModel, path: string): Promise<void> {
  if (typeof path !== 'string') {
    // Whoever swaps the arguments is told of the model first.
    checkSavable(model);
    throw notAllowed('path', 'text', path);
  }
  const format = kerasFormatOf(path);
  await (format ? saveKerasFile(model, path, format) : saveFolder(model, path));
}

async function saveKerasFile(model: LayersModel, path: string, format: KerasFileFormat): Promise<void> {
  const bytes = await serializeForKeras(model, format);
  const unfinished = unfinishedName(path);
  try {
    writeNewFile(unfinished, bytes);
    renameSync(unfinished, path);
    finished(unfinished);
  } catch (error) {
    throw fileError(`the model cannot be saved to ${path}`, error);
  } finally {
    removeUnfinished([unfinished]);
  }
}

async function saveFolder(model: LayersModel, folder: string): Promise<void> {
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
