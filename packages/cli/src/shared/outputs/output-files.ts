import { rmSync } from 'node:fs';
import { access, constants, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { InputError } from '@lrfind/core';

/** What a run can be written as, by file extension. A new format is one row. */
export type Formats<Subject> = Readonly<Record<string, (subject: Subject) => Promise<string | Buffer>>>;

/** Files that are being written and do not bear their name yet. */
const unfinished = new Set<string>();

/**
 * Checks paths before any work is done for them.
 *
 * @param flag the option they came with, for messages
 * @param inputs files that are read and must not be written over
 * @throws InputError for an unknown extension, a folder that is missing or may not be written, a directory, a path given twice
 */
export async function checkOutputs(
  paths: readonly string[],
  formats: Formats<never>,
  flag: string,
  inputs: readonly string[],
): Promise<void> {
  const seen = new Set<string>();
  for (const path of paths) {
    const file = resolve(path);
    const extension = extname(path).toLowerCase();
    if (!(extension in formats)) {
      throw new InputError(
        `${flag} ${path}: ${extension ? `unknown format ${extension}` : 'no file extension'}; formats: ${Object.keys(formats).join(', ')}`,
      );
    }
    if (inputs.some((input) => resolve(input) === file))
      throw new InputError(`${flag} ${path} would overwrite the input`);
    if (seen.has(file)) throw new InputError(`${flag} ${path} is given twice`);
    seen.add(file);
    await checkWritable(path, flag);
  }
}

/**
 * Checks that a file can be written, or written over.
 *
 * @param flag the option it came with, for messages
 * @throws InputError for a directory, a folder that is missing, and where permission is missing
 */
export async function checkWritable(path: string, flag: string): Promise<void> {
  const file = resolve(path);
  const folder = dirname(file);
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new InputError(`${flag} ${path} is a directory; name a file in it`);
  const parent = await stat(folder).catch(() => null);
  if (!parent) throw new InputError(`${flag} ${path}: there is no folder ${folder}`);
  if (!parent.isDirectory()) throw new InputError(`${flag} ${path}: ${folder} is not a folder`);
  // The file is put in place by a rename, so both it and its folder must be open to us.
  const targets = found ? [folder, file] : [folder];
  for (const target of targets) {
    await access(target, constants.W_OK).catch(() => {
      throw new InputError(`${flag} ${path} cannot be written: no permission for ${target}`);
    });
  }
}

/**
 * Writes a subject to all its files: everything is rendered first, written beside, and renamed last, so that whatever
 * happens a file is either the old one or the whole new one.
 */
export async function writeOutputs<Subject>(
  paths: readonly string[],
  formats: Formats<Subject>,
  subject: Subject,
): Promise<void> {
  const rendered: [path: string, contents: string | Buffer][] = [];
  for (const path of paths) {
    const render = formats[extname(path).toLowerCase()] as Formats<Subject>[string];
    rendered.push([path, await render(subject)]);
  }
  try {
    for (const [path, contents] of rendered) {
      unfinished.add(besideOf(path));
      await writeFile(besideOf(path), contents);
    }
    for (const path of paths) {
      await rename(besideOf(path), path);
      unfinished.delete(besideOf(path));
    }
  } catch (error) {
    throw new InputError(`cannot write the output: ${(error as Error).message}`);
  } finally {
    removeUnfinished();
  }
}

/**
 * Has a file or folder that others write removed when the process is interrupted.
 *
 * @returns what to call when it is finished, or removed
 */
export function removedWhenInterrupted(path: string): () => void {
  unfinished.add(path);
  return () => unfinished.delete(path);
}

/** Removes what was begun and not finished; synchronous, so that an interrupted process can still do it. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true, recursive: true });
  unfinished.clear();
}

function besideOf(path: string): string {
  return `${path}.${process.pid}.partial`;
}
