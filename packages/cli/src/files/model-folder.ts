import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { access, constants, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError, quotedList } from '@lrfind/core';

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
export async function checkModelFolder(folder: string, inputs: readonly string[] = []): Promise<void> {
  const place = placeOf(folder);
  const parent = dirname(place);
  const about = await stat(parent).catch(() => null);
  if (!about) throw new InputError(`the model cannot be saved to ${folder}: there is no folder ${parent}`);
  if (!about.isDirectory()) throw new InputError(`the model cannot be saved to ${folder}: ${parent} is not a folder`);
  const found = await lstat(place).catch(() => null);
  if (found && !found.isDirectory()) {
    const what = found.isSymbolicLink() ? 'a link to nothing' : 'a file';
    throw new InputError(`the model cannot be saved to ${folder}, which is ${what}; name a folder`);
  }
  // The folder is put in place by a rename, and an old one is removed.
  for (const target of found ? [parent, place] : [parent]) {
    await access(target, constants.W_OK).catch(() => {
      throw new InputError(`the model cannot be saved to ${folder}: no permission for ${target}`);
    });
  }
  if (found) await checkContents(folder, place, inputs);
}

async function checkContents(folder: string, place: string, inputs: readonly string[]): Promise<void> {
  const names: readonly string[] = Object.values(modelFiles);
  const held = await readdir(place);
  const other = held.filter((name) => !names.includes(name));
  if (other.length > 0 || (held.length > 0 && held.length < names.length)) {
    const holds = quotedList(other.length > 0 ? other : held);
    throw new InputError(
      `the model cannot be saved to ${folder}, which holds ${holds}; allowed: a new folder, or one that holds ${names.join(' and ')} alone`,
    );
  }
  const input = inputs.find((path) => names.some((name) => placeOf(path) === join(place, name)));
  if (input !== undefined)
    throw new InputError(`the model cannot be saved to ${folder}: it would overwrite the input ${input}`);
}

/**
 * Where a model is written until it is whole; nothing is there before and after. A process that is interrupted meanwhile
 * removes it.
 *
 * @param folder as it is given to `saveModel`
 */
export function unfinishedModel(folder: string): string {
  return `${placeOf(folder)}.${process.pid}.partial`;
}

/**
 * Gives the unfinished folder its name, in place of a model that was there before. Synchronous, so that no interruption
 * can come between.
 *
 * @throws what the system says when it cannot be done; then the model from before is still there
 */
export function finishModel(folder: string): void {
  const place = placeOf(folder);
  const whole = unfinishedModel(folder);
  const old = `${place}.${process.pid}.old`;
  const replaces = existsSync(place);
  if (replaces) renameSync(place, old);
  try {
    renameSync(whole, place);
  } catch (error) {
    if (replaces) renameSync(old, place);
    throw error;
  }
  if (replaces) rmSync(old, { recursive: true });
}

/** The path itself, links followed, so that what a link leads to is replaced and not the link. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
