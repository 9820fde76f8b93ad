import { rmSync } from 'node:fs';
import { access, constants, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { InputError } from '@lrfind/core';

/** The formats in which something can be written, by file extension. */
export type Formats<Subject> = Readonly<Record<string, (subject: Subject) => Promise<string | Uint8Array>>>;

/** Files that are being written under a temporary name. */
const unfinished = new Set<string>();

/**
 * Checks paths before any work is done for them.
 *
 * @param flag the option that names them, for messages
 * @param inputs files that are read and must not be overwritten
 * @throws InputError for an unknown extension, a folder that is missing or not writable, a directory, a path given twice
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
    if (!(extension in formats))
      throw new InputError(`${flag} must end in one of ${Object.keys(formats).join(', ')}; got ${path}`);
    if (inputs.some((input) => resolve(input) === file))
      throw new InputError(`${flag} ${path} would overwrite the input`);
    if (seen.has(file)) throw new InputError(`${flag} must name each file once; got ${path} twice`);
    seen.add(file);
    await checkWritable(path, flag);
  }
}

/**
 * Checks that a file can be written or overwritten.
 *
 * @param flag the option that names it, for messages
 * @throws InputError for a directory, a folder that is missing, and where permission is missing
 */
export async function checkWritable(path: string, flag: string): Promise<void> {
  const file = resolve(path);
  const folder = dirname(file);
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new InputError(`${flag} must be a file; got the directory ${path}`);
  const parent = await stat(folder).catch(() => null);
  if (!parent) throw new InputError(`${flag} ${path}: there is no folder ${folder}`);
  if (!parent.isDirectory()) throw new InputError(`${flag} ${path}: ${folder} is not a folder`);
  // The file is renamed into place, which needs permission for both it and its folder.
  const targets = found ? [folder, file] : [folder];
  for (const target of targets) {
    await access(target, constants.W_OK).catch(() => {
      throw new InputError(`${flag} ${path} cannot be written: no permission for ${target}`);
    });
  }
}

/**
 * Writes something to files. Everything is rendered first, then written under temporary names, then renamed, so that each
 * file is at any time either the old one or the complete new one.
 *
 * @throws InputError when a file cannot be written; what rendering throws
 */
export async function writeOutputs<Subject>(
  paths: readonly string[],
  formats: Formats<Subject>,
  subject: Subject,
): Promise<void> {
  const rendered: [path: string, contents: string | Uint8Array][] = [];
  for (const path of paths) {
    const render = formats[extname(path).toLowerCase()] as Formats<Subject>[string];
    rendered.push([path, await render(subject)]);
  }
  try {
    for (const [path, contents] of rendered) {
      unfinished.add(temporaryName(path));
      await writeFile(temporaryName(path), contents);
    }
    for (const path of paths) {
      await rename(temporaryName(path), path);
      unfinished.delete(temporaryName(path));
    }
  } catch (error) {
    throw new InputError(`the output cannot be written: ${(error as Error).message}`);
  } finally {
    removeUnfinished();
  }
}

/**
 * Registers a file or folder that other code writes, to be removed when the process is interrupted.
 *
 * @returns a function to call when it is complete, or removed
 */
export function removeOnInterrupt(path: string): () => void {
  unfinished.add(path);
  return () => unfinished.delete(path);
}

/** Removes unfinished files. Synchronous, so that an interrupted process can still do it. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true, recursive: true });
  unfinished.clear();
}

function temporaryName(path: string): string {
  return `${path}.${process.pid}.partial`;
}
