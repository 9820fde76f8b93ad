import { counted, countText, InputError, notAllowed, sizeText, wordList } from '@lrfind/core';
import { indexText } from '../../formats/array-table/table-of-arrays.js';
import type { ReadTableOptions, TableFormat } from '../../formats/format.js';
import type { Column, Table } from '../../table.js';
import { MEMORY_SHARE, memoryLimit } from '../memory.js';
import { decodeImage, imageSize, type Pixels } from './decode-image.js';
import { type ClassFolders, findImages, isImage } from './find-images.js';
import { fitImage, type ImageShape } from './fit-image.js';

/** The name of the column of classes, and that of the pixels. */
const LABEL = 'label';
const IMAGE = 'image';

/** Images that are decoded at once. */
const AT_ONCE = 4;

/** The size of images where no model says which, and they have several or a larger one. */
const USUAL_SIZE = 64;

/** A table is in memory twice: as it is read, and as a model takes it. */
const COPIES = 2;

/**
 * The format of a folder that has images in a folder for each class, as Keras's `image_dataset_from_directory` reads it. Its table
 * has the array `image`, with values from 0 to 255, and the target `label`, whose categories are the names of the folders.
 *
 * Without `imageShape` the images keep their size if all have the same one, of at most 64×64 pixels, and become 64×64 otherwise;
 * they have one channel if all are grey, else three. Reading throws InputError for an image that cannot be decoded, and for images that do not fit
 * into memory.
 *
 * @param folder its path
 * @param names of the files in it, for a message
 * @returns undefined for a folder without images
 * @throws InputError for images beside each other, without class folders
 */
export async function imagesFormat(folder: string, names: readonly string[]): Promise<TableFormat | undefined> {
  if (!names.some(isImage)) return undefined;
  const found = await findImages(folder);
  if (!found && names.every(isImage))
    throw new InputError(
      `${folder} must have a folder for each class, with its images; got images without class folders`,
    );
  return (
    found && {
      name: 'a folder of images',
      extensions: [],
      read: (_, __, options) => readImages(folder.replace(/\/$/, ''), found, options),
    }
  );
}

async function readImages(folder: string, found: ClassFolders, options: ReadTableOptions): Promise<Table> {
  const { classes, images } = found;
  const stray = options.categorical?.find((name) => name !== LABEL);
  if (stray !== undefined) throw notAllowed('categorical', `"${LABEL}" or left out for ${folder}`, stray);
  const shape = options.imageShape ? shapeOf(folder, options.imageShape) : await ownShape(folder, found);
  const { height, width, channels } = shape;
  const size = height * width * channels;
  const bytes = images.length * size * Float32Array.BYTES_PER_ELEMENT;
  if (bytes * COPIES > memoryLimit() * MEMORY_SHARE)
    throw new InputError(
      `${folder} has ${counted(images.length, 'image')}, which take ${sizeText(bytes)} in the size ${sizesText([shape])}; the memory has ${sizeText(memoryLimit())}: use fewer, or a smaller model`,
    );
  const values = new Float32Array(images.length * (size + 1));
  const sizes: Size[] = [];
  for (let from = 0; from < images.length; from += AT_ONCE) {
    const some = images.slice(from, from + AT_ONCE);
    // All settle before the first failure is reported, so that it is the same each time.
    const decoded = await Promise.allSettled(some.map(({ name }) => decodeImage(`${folder}/${name}`)));
    for (const [i, result] of decoded.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const row = (from + i) * (size + 1);
      fitImage(result.value, shape, values.subarray(row, row + size));
      values[row + size] = some[i]?.label as number;
      sizes.push(result.value);
    }
    options.onProgress?.({ fraction: sizes.length / images.length, rows: sizes.length });
  }
  const own = channels === 1 ? [height, width] : [height, width, channels];
  const columns: Column[] = Array.from({ length: size }, (_, i) => ({
    name: `${IMAGE}${indexText(i, own)}`,
    kind: 'number',
  }));
  columns.push({ name: LABEL, kind: 'text', categories: classes, areClasses: true });
  return {
    source: folder,
    rows: images.length,
    columns,
    values,
    place: (row) => images[row]?.name ?? '',
    groups: [
      { name: IMAGE, shape: own, from: 0, to: size },
      { name: LABEL, shape: [], from: size, to: size + 1 },
    ],
    defaultTarget: LABEL,
    notes: [...notesOf(found, shape, sizes), ...found.notes],
  };
}

type Size = Pick<Pixels, 'height' | 'width'>;

/** @throws InputError for the input of a model that takes no images */
function shapeOf(folder: string, shape: readonly number[]): ImageShape {
  const [height, width, channels = 1] = shape;
  const fits = (shape.length === 2 || shape.length === 3) && (channels === 1 || channels === 3 || channels === 4);
  if (fits && height && width) return { height, width, channels };
  throw new InputError(
    `${folder} has images, so the model's input must be [height, width, channels] with 1, 3 or 4 channels; got [${shape.join(', ')}]`,
  );
}

/** The shape for which no model is asked. */
async function ownShape(folder: string, { images }: ClassFolders): Promise<ImageShape> {
  const found: Omit<Pixels, 'data'>[] = [];
  for (const { name } of images) found.push(await imageSize(`${folder}/${name}`));
  const first = found[0] as Size;
  const isSame = found.every(({ height, width }) => height === first.height && width === first.width);
  const isSmall = first.height * first.width <= USUAL_SIZE ** 2;
  const { height, width } = isSame && isSmall ? first : { height: USUAL_SIZE, width: USUAL_SIZE };
  return { height, width, channels: found.every(({ channels }) => channels < 3) ? 1 : 3 };
}

function notesOf({ classes, images }: ClassFolders, shape: ImageShape, sizes: readonly Size[]): string[] {
  const counts = new Int32Array(classes.length);
  for (const { label } of images) counts[label] = (counts[label] as number) + 1;
  const each = classes.map((name, label) => `${name} ${countText(counts[label] as number)}`);
  const areOf = sizesText(sizes);
  const fitted = `${shape.height}×${shape.width}`;
  const resized =
    areOf === fitted
      ? ''
      : `, resized to ${fitted} bilinearly and without cropping, as Keras's image_dataset_from_directory does`;
  const colours = { 1: 'grey', 3: 'red, green and blue', 4: 'red, green, blue and alpha' }[shape.channels];
  return [
    `${counted(images.length, 'image')} of ${counted(classes.length, 'class').replace('classs', 'classes')}: ${wordList(each, 12)}`,
    `images of ${areOf} pixels (height×width)${resized}`,
    `pixels: ${colours}, from 0 to 255; they are scaled as the numbers of any table are, and --scale 255 divides them`,
  ];
}

/** One size, or the least and the greatest height and width. */
function sizesText(sizes: readonly Size[]): string {
  const range = (lengths: readonly number[]) => {
    const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
    return least === most ? `${least}` : `${least}–${most}`;
  };
  // Of many images `Math.min` would get too many arguments.
  const different = [...new Map(sizes.map((size) => [`${size.height}×${size.width}`, size])).values()].slice(0, 10_000);
  return `${range(different.map(({ height }) => height))}×${range(different.map(({ width }) => width))}`;
}
