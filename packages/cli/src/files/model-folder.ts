import { existsSync, realpathSync, renameSync } from 'node:fs';
import { access, constants, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileError, InputError, quotedList } from '@lrfind/core';
import { type NamedFile, placesOf } from './same-file.js';
import { finished, removeUnfinished, unfinishedName } from './unfinished.js';

/** All that a saved model is made of. */
export const modelFiles = { topology: 'model.json', weights: 'weights.bin' } as const;

/**
 * Checks before any training that a model can be saved to a folder afterwards.
 *
 * @param folder one that is not there yet, is empty, or holds a model written before and nothing else
 * @param inputs files that are read and must not be written over; none by default
 * @throws InputError when the folder above it is missing or may not be written, and for a file, or a folder that holds
 *   anything else or one of the inputs
 */
export async function checkModelFolder(folder: string, inputs: readonly NamedFile[] = []): Promise<void> {
  const refused = (error: unknown) => fileError(`the model cannot be saved to ${folder}`, error);
  const place = placeOf(folder);
  const parent = dirname(place);
  const about = await stat(parent).catch(unlessMissing(refused));
  if (!about) throw new InputError(`the model cannot be saved to ${folder}: there is no folder ${parent}`);
  if (!about.isDirectory()) throw new InputError(`the model cannot be saved to ${folder}: ${parent} is not a folder`);
  const found = await lstat(place).catch(unlessMissing(refused));
  if (found && !found.isDirectory()) {
    const what = found.isSymbolicLink() ? 'a link to nothing' : 'a file';
    throw new InputError(`the model cannot be saved to ${folder}, which is ${what}; name a folder`);
  }
  // The folder is put in place by a rename, and an old one is removed.
  for (const target of found ? [parent, place] : [parent]) {
    await access(target, constants.W_OK).catch((error) => {
      if (error.code !== 'EACCES') throw refused(error);
      throw new InputError(`the model cannot be saved to ${folder}: no permission for ${target}`);
    });
  }
  if (found && found.dev !== about.dev)
    throw new InputError(
      `the model cannot be saved to ${folder}, where another file system is mounted; name a folder within it`,
    );
  if (found) await checkContents(folder, place, inputs);
}

/** Takes the system's error for null where it says that there is nothing; makes another error of it otherwise. */
function unlessMissing(refused: (error: unknown) => InputError) {
  return (error: NodeJS.ErrnoException): null => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw refused(error);
  };
}

async function checkContents(folder: string, place: string, inputs: readonly NamedFile[]): Promise<void> {
  const names: readonly string[] = Object.values(modelFiles);
  const held = await readdir(place);
  const other = held.filter((name) => !names.includes(name));
  if (other.length > 0 || (held.length > 0 && held.length < names.length)) {
    const holds = quotedList(other.length > 0 ? other : held);
    throw new InputError(
      `the model cannot be saved to ${folder}, which holds ${holds}; allowed: a new folder, or one that holds ${names.join(' and ')} alone`,
    );
  }
  const own = await Promise.all(names.map((name) => placesOf(join(place, name))));
  for (const input of inputs) {
    const [at] = await placesOf(input.path);
    if (own.some(([file]) => file === at))
      throw new InputError(`the model cannot be saved to ${folder}: it would overwrite the input ${input.path}`);
  }
}

/**
 * Gives an unfinished folder its name, in place of a model that was there before. Synchronous, so that no interruption can
 * come between.
 *
 * @param unfinished the folder with the whole model, beside the other
 * @param folder as it is given to `saveModel`
 * @throws what the system says when it cannot be done; then the model from before is still there
 */
export function finishModel(unfinished: string, folder: string): void {
  const place = placeOf(folder);
  if (!existsSync(place)) {
    renameSync(unfinished, place);
    return;
  }
  const old = unfinishedName(place);
  try {
    renameSync(place, old);
    try {
      renameSync(unfinished, place);
    } catch (error) {
      renameSync(old, place);
      throw error;
    }
  } catch (error) {
    // Whatever is there now is the only copy.
    finished(old);
    throw error;
  }
  removeUnfinished([old]);
}

/** Where a model is saved: the path itself, links followed, so that what a link leads to is replaced and not the link. */
export function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
