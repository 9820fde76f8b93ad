import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, InputError, quotedList } from '@lrfind/core';
import type { CheckpointHeader } from '@lrfind/core/study';
import type { TargetScaling } from '@lrfind/data';
import { type Checkpoint, inTargetUnits, serializeModel } from '@lrfind/finder';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkpointText, parseCheckpoint } from './checkpoint-text.js';
import { checkModelFolder, finishModel, modelFiles, placeOf } from './model-folder.js';
import { type NamedFile, placesOf } from './same-file.js';
import { finished, removeUnfinished, unfinishedName, writeNewFile } from './unfinished.js';

/** What a checkpoint folder holds: two models, and the state to resume from. */
const parts = { last: 'last', best: 'best', state: 'training.json' } as const;

/** What `unfinishedName` makes; left where a process was killed. */
const UNFINISHED = /^\.lrfind-[0-9a-f]{16}\.partial$/;

/**
 * Stores a training after each epoch in a folder: `last` and `best`, models as `saveModel` writes them, of the last epoch and of
 * the one with the lowest loss on the validation rows (without those on the training rows), and `training.json`, from which the
 * training can be resumed after a crash or Ctrl-C. Each is replaced as a whole and the state last, so whatever happens the folder
 * holds a whole state, and the models are of its epoch or the next one.
 *
 * @param path of the folder
 * @param options `resume`: whether to continue the training in the folder; otherwise there must be none. `scaling`: how the target is
 *   scaled, as its column in the dataset has it; the stored models then predict it in its own units. Default: it is not
 * @throws InputError from `train` when there is nothing to resume, or a training that must not be lost, when the folder holds
 *   anything else or the training of other options, rows, layers or weights, and when it cannot be read or written
 *
 * @example
 * const checkpoint = checkpointFolder('checkpoint', { resume: existsSync('checkpoint/training.json') });
 * await train(model, { xs, ys }, { learningRate: 0.01, epochs: 50, checkpoint });
 */
export function checkpointFolder(
  path: string,
  { resume, scaling }: { readonly resume: boolean; readonly scaling?: TargetScaling | undefined },
): Checkpoint {
  let header: CheckpointHeader = {};
  let stored: { readonly of: LayersModel; readonly model: LayersModel } | undefined;
  // Made once, as its last layer is attached to the model's own.
  const inUnits = (model: LayersModel) => {
    if (stored?.of !== model) stored = { of: model, model: inTargetUnits(model, scaling) };
    return stored.model;
  };
  return {
    async open(present) {
      header = present;
      await checkCheckpointFolder(path, { resume });
      if (!resume) return null;
      return parseCheckpoint(join(path, parts.state), readState(path), header);
    },
    async save(state, { model, best }) {
      const folder = placeOf(path);
      try {
        mkdirSync(folder, { recursive: true });
        if (best) await replaceModel(inUnits(model), join(folder, parts.best));
        await replaceModel(inUnits(model), join(folder, parts.last));
        const file = join(folder, parts.state);
        replaceFile(file, checkpointText(header, state), unfinishedName(file));
      } catch (error) {
        throw fileError(`the checkpoint ${path} cannot be written`, error);
      }
    },
  };
}

/** Whether a folder holds a training that can be resumed. */
export function holdsTraining(path: string): boolean {
  return existsSync(join(path, parts.state));
}

/**
 * Checks before any training that a folder can hold its checkpoint, and removes what a killed process has left unfinished.
 *
 * @param options `resume`: whether it must hold a training, or none; `inputs`: files that are read, which must lie elsewhere
 * @throws InputError for what `checkpointFolder` refuses, and for a folder that holds an input
 */
export async function checkCheckpointFolder(
  path: string,
  { resume, inputs = [] }: { readonly resume: boolean; readonly inputs?: readonly NamedFile[] },
): Promise<void> {
  const place = placeOf(path);
  const held = existsSync(place) ? await contents(path, place) : [];
  const left = held.filter((name) => UNFINISHED.test(name));
  const known: readonly string[] = Object.values(parts);
  const others = held.filter((name) => !known.includes(name) && !left.includes(name));
  if (others.length > 0)
    throw new InputError(
      `the checkpoint cannot be written to ${path}, which holds ${quotedList(others)}; allowed: a new folder, or one that holds a checkpoint alone`,
    );
  const [own] = await placesOf(place);
  for (const input of inputs) {
    if ((await placesOf(input.path)).includes(own as string))
      throw new InputError(`the checkpoint cannot be written to ${path}, which holds the input ${input.path}`);
  }
  if (resume && !held.includes(parts.state))
    throw new InputError(`there is nothing to resume: no checkpoint in ${path}`);
  if (!resume && held.includes(parts.state))
    throw new InputError(
      `${path} holds the checkpoint of a training: resume it (--resume, or resume: true), or delete the folder`,
    );
  // A state is written after its models.
  const missing = resume ? [parts.best, parts.last].find((name) => !held.includes(name)) : undefined;
  if (missing)
    throw new InputError(
      `the checkpoint ${path} must hold ${missing}; it is damaged: delete the folder to start again`,
    );
  // A new folder is made in its parent; the models in one that is there are replaced within it.
  const folders = existsSync(place) ? [parts.best, parts.last].map((name) => join(path, name)) : [path];
  for (const folder of folders) await checkModelFolder(folder);
  removeUnfinished(left.map((name) => join(place, name)));
}

/** The names in a folder. */
async function contents(path: string, place: string): Promise<string[]> {
  try {
    return await readdir(place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR')
      throw new InputError(`the checkpoint cannot be written to ${path}, which is a file; name a folder`);
    throw fileError(`the checkpoint ${path} cannot be read`, error);
  }
}

function readState(path: string): string {
  try {
    return readFileSync(join(path, parts.state), 'utf8');
  } catch (error) {
    throw fileError(`the checkpoint ${path} cannot be read`, error);
  }
}

/** Replaces a saved model. Of the same model only the weights change: then one rename replaces it. */
async function replaceModel(model: LayersModel, folder: string): Promise<void> {
  const { topology, weights } = await serializeModel(model, modelFiles.weights);
  const described = join(folder, modelFiles.topology);
  if (existsSync(described) && readFileSync(described, 'utf8') === topology) {
    replaceFile(join(folder, modelFiles.weights), weights, unfinishedName(folder));
    return;
  }
  const unfinished = unfinishedName(folder);
  try {
    mkdirSync(unfinished);
    writeNewFile(join(unfinished, modelFiles.weights), weights);
    writeNewFile(join(unfinished, modelFiles.topology), topology);
    finishModel(unfinished, folder);
    finished(unfinished);
  } finally {
    removeUnfinished([unfinished]);
  }
}

/** Writes a file under an unfinished name, which lies in the checkpoint folder and not in a model's, and renames it. */
function replaceFile(path: string, contents: string | Uint8Array, unfinished: string): void {
  try {
    writeNewFile(unfinished, contents);
    renameSync(unfinished, path);
    finished(unfinished);
  } finally {
    removeUnfinished([unfinished]);
  }
}
