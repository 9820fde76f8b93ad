import { readdir, stat } from 'node:fs/promises';
import { counted, InputError, quotedList, wordList } from '@lrfind/core';

/** Endings of the files that are taken for images, in lower case. */
const extensions: readonly string[] = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif'];

/** Folders below this depth are not searched. */
const MAX_DEPTH = 12;

/** Names of folders that hold a part of the images rather than a class. */
const partName = /^(train(ing)?|val(id(ation)?)?|test(ing)?|dev)$/i;

/** The images of a folder that has a folder for each class. */
export interface ClassFolders {
  /** Names of the folders, sorted by code unit, as Keras sorts them. */
  readonly classes: readonly string[];
  /** Class after class, and by name within a class. */
  readonly images: readonly ClassImage[];
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
}

/** An image and the class that its folder names. */
export interface ClassImage {
  /** Its path below the folder, with `/`. */
  readonly name: string;
  /** Index of its class. */
  readonly label: number;
}

/**
 * Finds the images in the class folders of a folder. Every folder that is not hidden is a class, also an empty one, as for Keras's
 * `image_dataset_from_directory`; images may lie in folders below it.
 *
 * @returns undefined for a folder without images in class folders
 * @throws InputError for folders of parts, such as `train` and `test`, in the place of classes
 */
export async function findImages(folder: string): Promise<ClassFolders | undefined> {
  const images: ClassImage[] = [];
  const others: string[] = [];
  let hidden = 0;
  const visit = async (below: string, label: number, depth: number): Promise<void> => {
    const { folders, files, hidden: unseen } = await entriesOf(folder, below);
    hidden += unseen;
    for (const file of files) {
      const name = `${below}/${file}`;
      if (isImage(file)) images.push({ name, label });
      else others.push(name);
    }
    if (depth < MAX_DEPTH) for (const each of folders) await visit(`${below}/${each}`, label, depth + 1);
  };
  const top = await entriesOf(folder, '');
  for (const [label, name] of top.folders.entries()) await visit(name, label, 1);
  if (images.length === 0) return undefined;
  const [part] = top.folders;
  if (part !== undefined && top.folders.every((name) => partName.test(name)))
    throw new InputError(
      `${folder} must have a folder for each class; got ${wordList(top.folders)}, which are parts: name ${folder.replace(/\/$/, '')}/${top.folders.find((name) => /^train/i.test(name)) ?? part}`,
    );
  return {
    classes: top.folders,
    images,
    notes: leftOut([...top.files, ...others], hidden + top.hidden, emptyClasses(top.folders, images)),
  };
}

/** Whether a file is taken for an image, by its name. */
export function isImage(name: string): boolean {
  return extensions.includes(/[^.]*$/.exec(name.toLowerCase())?.[0] ?? '') && name.includes('.');
}

function emptyClasses(classes: readonly string[], images: readonly ClassImage[]): string[] {
  const filled = new Set(images.map(({ label }) => label));
  return classes.filter((_, label) => !filled.has(label));
}

function leftOut(others: readonly string[], hidden: number, empty: readonly string[]): string[] {
  return [
    ...(others.length > 0
      ? [
          `left out ${counted(others.length, 'file')} that ${others.length === 1 ? 'is no image in a class folder' : 'are no images in class folders'}: ${quotedList(others, 3)}`,
        ]
      : []),
    ...(hidden > 0 ? [`left out ${counted(hidden, 'hidden file')}`] : []),
    ...(empty.length > 0
      ? [`no images in ${quotedList(empty)}, still ${empty.length === 1 ? 'a class' : 'classes'}`]
      : []),
  ];
}

/** The names in a folder, sorted. Links to folders count as files, except those of classes, so that none leads in a circle. */
async function entriesOf(folder: string, below: string) {
  const path = below === '' ? folder : `${folder}/${below}`;
  const folders: string[] = [];
  const files: string[] = [];
  let hidden = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') hidden += 1;
    else if (
      entry.isDirectory() ||
      (below === '' && entry.isSymbolicLink() && (await isFolder(`${path}/${entry.name}`)))
    )
      folders.push(entry.name);
    else files.push(entry.name);
  }
  return { folders: folders.toSorted(), files: files.toSorted(), hidden };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
