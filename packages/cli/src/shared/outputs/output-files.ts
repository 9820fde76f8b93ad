import { renameSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { fileError, InputError } from '@lrfind/core';
import { type NamedFile, refuseSameFiles } from '../../files/same-file.js';
import { finished, removeUnfinished, unfinishedName, writeNewFile } from '../../files/unfinished.js';

/** What is in a file; a text may come in pieces, which are made while it is written. */
type Contents = Uint8Array | Iterable<string>;

/**
 * The formats in which something can be written, by file extension. Of a picture the function comes back that describes and draws it,
 * so that neither costs the data.
 */
export type Formats<Subject> = Readonly<
  Record<string, (subject: Subject) => Promise<Contents | (() => Promise<Contents>)>>
>;

let awaited = false;

/** Whether outputs that were checked are still to be written. */
export function awaitsFiles(): boolean {
  return awaited;
}

/** Says that something is still to be done besides the files that were checked, until `writeOutputs` is through. */
export function awaitOutput(): void {
  awaited = true;
}

/**
 * Checks paths before any work is done for them.
 *
 * @param flag the option that names them, for messages
 * @param inputs all files that are read
 * @param others other files and folders that are written, which must be checked on their own
 * @throws InputError for an unknown extension, a folder that is missing or not writable, what is no regular file, and for two
 *   that are the same file, of which one is written
 */
export async function checkOutputs(
  paths: readonly string[],
  formats: Formats<never>,
  flag: string,
  inputs: readonly NamedFile[],
  others: readonly NamedFile[] = [],
): Promise<void> {
  for (const path of paths) {
    if (!(extname(path).toLowerCase() in formats))
      throw new InputError(`${flag} must end in one of ${Object.keys(formats).join(', ')}; got ${path}`);
    await checkWritable(path, flag);
  }
  await refuseSameFiles(inputs, [...paths.map((path) => ({ option: flag, path })), ...others]);
  awaited = paths.length + others.length > 0;
}

/**
 * Checks that a file can be written or overwritten.
 *
 * @param flag the option that names it, for messages
 * @throws InputError for what is no regular file, for a folder that is missing, where permission is missing, and for a path
 *   that the system refuses
 */
export async function checkWritable(path: string, flag: string): Promise<void> {
  const found = await lookedAt(path, flag);
  if (found?.isDirectory() || /[\\/]$/.test(path))
    throw new InputError(`${flag} must be a file; got the directory ${path}`);
  if (found && !found.isFile())
    throw new InputError(`${flag} must be a regular file; got ${path}, which is a device, a pipe or a socket`);
  const folder = dirname(path);
  const parent = await lookedAt(folder, flag);
  if (!parent) throw new InputError(`${flag} ${path}: there is no folder ${resolve(folder)}`);
  if (!parent.isDirectory()) throw new InputError(`${flag} ${path}: ${resolve(folder)} is not a folder`);
  // The file is renamed into place, which needs permission for both it and its folder.
  const targets = found ? [folder, path] : [folder];
  for (const target of targets) {
    await access(target, constants.W_OK).catch((error) => {
      if (error.code !== 'EACCES') throw fileError(`${flag} ${path} cannot be written`, error);
      throw new InputError(`${flag} ${path} cannot be written: no permission for ${resolve(target)}`);
    });
  }
}

/** What is there; null for nothing. */
async function lookedAt(path: string, flag: string) {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw fileError(`${flag} ${path} cannot be written`, error);
  }
}

/**
 * Writes something to files: first all data, then the pictures one by one, so that a picture that cannot be drawn costs nothing
 * else, even where the renderer ends the process. Files of data are written under temporary names and then renamed together, so
 * that each is at any time either the old one or the complete new one. A link is replaced, not followed.
 *
 * @param print prints the answer, once the data is written
 * @param others write what is no file of `paths`, after the answer; one that fails costs nothing else
 * @throws InputError naming the file that cannot be written
 * @throws whatever the renderer or one of the others throws, once the rest is written; the first error of several
 */
export async function writeOutputs<Subject>(
  paths: readonly string[],
  formats: Formats<Subject>,
  subject: Subject,
  print: () => void = () => {},
  others: readonly (() => Promise<void>)[] = [],
): Promise<void> {
  const data: File[] = [];
  const pictures: [path: string, draw: () => Promise<Contents>][] = [];
  try {
    for (const path of paths) {
      const render = formats[extname(path).toLowerCase()] as Formats<Subject>[string];
      const rendered = await render(subject);
      if (typeof rendered === 'function') pictures.push([path, rendered]);
      else data.push([path, rendered]);
    }
    writeTogether(data);
    print();
    const failures: unknown[] = [];
    for (const write of others) await write().catch((error) => failures.push(error));
    for (const [path, draw] of pictures) {
      try {
        writeTogether([[path, await draw()]]);
      } catch (error) {
        if (error instanceof InputError) throw error;
        failures.push(new Error(`${path} cannot be drawn: ${(error as Error)?.message ?? error}`, { cause: error }));
      }
    }
    if (failures.length > 0) throw failures[0];
  } finally {
    awaited = false;
  }
}

type File = readonly [path: string, contents: Contents];

/**
 * Writes files of data under temporary names beside their own, and then renames all of them.
 *
 * @throws InputError naming the file that cannot be written
 */
export function writeTogether(files: readonly File[]): void {
  const written: [path: string, temporary: string][] = [];
  try {
    for (const [path, contents] of files) {
      const temporary = unfinishedName(path);
      written.push([path, temporary]);
      named(path, () => writeNewFile(temporary, contents));
    }
    for (const [path, temporary] of written) {
      named(path, () => renameSync(temporary, path));
      finished(temporary);
    }
  } finally {
    removeUnfinished(written.map(([, temporary]) => temporary));
  }
}

/** @throws InputError with the path in place of what the system says */
function named(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw fileError(`${path} cannot be written`, error);
  }
}
