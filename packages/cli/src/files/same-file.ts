import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute } from 'node:path';
import { InputError } from '@lrfind/core';

/** A file or folder that a command reads or writes. */
export interface NamedFile {
  /** The option or argument that names it, for messages, such as `--out`. */
  readonly option: string;
  readonly path: string;
}

/** The most links that a path may go through, as on Linux. */
const MAX_LINKS = 40;

/**
 * Refuses outputs that are an input or another output, also under another name: through a link to a file or folder, as a hard
 * link, in another spelling, or in other letter case where the file system takes no notice of it. An output that is a folder
 * must not hold another output.
 *
 * @throws InputError that names both
 */
export async function refuseSameFiles(inputs: readonly NamedFile[], outputs: readonly NamedFile[]): Promise<void> {
  const read = await Promise.all(inputs.map(located));
  const written = await Promise.all(outputs.map(located));
  for (const [i, output] of written.entries()) {
    const input = read.find(({ places: [place] }) => place === output.places[0]);
    if (input) throw overwritten(output, input);
    const other = written.slice(0, i).find(({ places: [place] }) => place === output.places[0]);
    if (other) throw writtenTwice(other, output);
  }
  for (const output of written) {
    const folder = written.find((each) => output.places.slice(1).includes(each.places[0] as string));
    if (folder)
      throw new InputError(
        `${output.option} ${output.path} must lie outside the folder of ${folder.option} ${folder.path}`,
      );
  }
}

/**
 * Refuses a file that is named twice, also under another name.
 *
 * @param what the command that gets the paths, for the message
 * @throws InputError naming the second
 */
export async function refuseTwice(paths: readonly string[], what: string): Promise<void> {
  const places = await Promise.all(paths.map(async (path) => (await placesOf(path))[0]));
  const twice = paths.find((_, i) => places.indexOf(places[i]) < i);
  if (twice !== undefined) throw new InputError(`${what} must get each file once; got ${twice} twice`);
}

/** A file with where it is and all that it is in, from the inside to the outside. */
interface LocatedFile extends NamedFile {
  readonly places: readonly string[];
}

async function located(file: NamedFile): Promise<LocatedFile> {
  return { ...file, places: await placesOf(file.path) };
}

function overwritten({ option, path }: NamedFile, input: NamedFile): InputError {
  const same = path === input.path ? '' : ` ${input.path}: both are the same file`;
  return new InputError(`${option} ${path} would overwrite the input${same}`);
}

function writtenTwice(first: NamedFile, second: NamedFile): InputError {
  if (first.option !== second.option)
    return new InputError(
      `${second.option} must be a file of its own; got ${second.path}, which is also that of ${first.option}${first.path === second.path ? '' : ` ${first.path}`}`,
    );
  const got =
    first.path === second.path ? `${first.path} twice` : `${first.path} and ${second.path}, which are the same`;
  return new InputError(`${second.option} must name each file once; got ${got}`);
}

/**
 * Where a path leads: the same text for every path of a file, whether it exists or not.
 *
 * @returns the place, and that of each folder around it
 */
export async function placesOf(path: string): Promise<string[]> {
  const { folder, names } = await existingPart(path);
  const fold = names.length > 0 && (await ignoresCase(folder));
  const below = names.map((name) => (fold ? name.normalize('NFC').toLowerCase() : name));
  const around = await placeOfExisting(folder);
  const missing = below.map((_, i) => `${around}/${below.slice(0, below.length - i).join('/')}`);
  const outside: string[] = [around];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) outside.push(await placeOfExisting(dirname(at)));
  return [...missing, ...outside];
}

/** The nearest folder of a path that exists, or the file itself, and the names below it that do not exist. */
async function existingPart(path: string): Promise<{ folder: string; names: string[] }> {
  const names: string[] = [];
  let links = 0;
  for (let at = path; ; ) {
    const real = await realpath(at).catch(() => null);
    if (real !== null) return { folder: real, names };
    // A link to nothing is followed by its text.
    const target = links < MAX_LINKS ? await readlink(at).catch(() => null) : null;
    if (target !== null) {
      links += 1;
      at = isAbsolute(target) ? target : `${dirname(at)}/${target}`;
    } else {
      names.unshift(basename(at));
      if (dirname(at) === at) return { folder: at, names };
      at = dirname(at);
    }
  }
}

/** The device and the number of a file there; its path on file systems without numbers, and where nothing can be found out. */
async function placeOfExisting(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && found.ino !== 0n ? `${found.dev}:${found.ino}` : path;
}

/** Whether the file system of a folder takes `A` and `a` for the same name, found out by the folder's own path. */
async function ignoresCase(folder: string): Promise<boolean> {
  const other = [...folder]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
  if (other === folder) return process.platform === 'darwin' || process.platform === 'win32';
  return (await placeOfExisting(folder)) === (await placeOfExisting(other));
}
