import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodeTable } from '../../src/encode/encode-table.js';
import { readTable } from '../../src/formats/registry.js';
import { tableSource } from '../../src/node.js';
import type { Table } from '../../src/table.js';
import { temporaryFiles } from '../temporary-files.js';

// fixtures/images/write.py wrote the images with Pillow, and what Keras resizes them to.
const fixtures = fileURLToPath(new URL('../../../../fixtures/images', import.meta.url));
const pets = join(fixtures, 'pets');
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8'));
const { folder, write } = temporaryFiles();

/** A copy of the images that a test may change. */
function petsIn(name: string): string {
  cpSync(pets, join(folder, name), { recursive: true });
  return join(folder, name);
}

const label = ({ columns, rows, values }: Table) => {
  const { categories = [] } = columns.at(-1) as Table['columns'][number];
  return Array.from({ length: rows }, (_, row) => categories[values[(row + 1) * columns.length - 1] as number]);
};

test.each([
  ['rgb3x4', [3, 4, 3]],
  ['grey8x9', [8, 9, 1]],
  ['grey8x9', [8, 9]],
] as const)('images have the values that Keras resizes them to: %s for an input of %j', async (name, imageShape) => {
  const table = await readTable(tableSource(pets), { imageShape });
  expect(Array.from({ length: table.rows }, (_, row) => table.place(row))).toEqual(expected.files);
  const size = imageShape.reduce<number>((product, length) => product * length, 1);
  for (let row = 0; row < table.rows; row++) {
    const pixels = [...table.values.subarray(row * (size + 1), (row + 1) * (size + 1) - 1)];
    const largest = Math.max(...pixels.map((value, i) => Math.abs(value - expected[name][row][i])));
    expect(largest, table.place(row)).toBeLessThan(2e-4);
  }
});

test('classes are the names of the folders in order, also where they are numbers, and the label is the target', async () => {
  const table = await readTable(tableSource(pets), { imageShape: [2, 2, 3] });
  expect(label(table)).toEqual(['10', '10', '10', '10', 'cat', 'cat', 'dog', 'dog']);
  const model = {
    inputs: [{ name: 'in', shape: [2, 2, 3] }],
    outputs: [{ name: 'out', shape: [3], activation: 'softmax' }],
  };
  const choose = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
  const { dataset, transform } = encodeTable(table, model, choose, { scale: 255, missing: 'mean' });
  expect([...(dataset.targets[0]?.values ?? [])]).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
  expect(Math.max(...(dataset.inputs[0]?.values ?? []))).toBeLessThanOrEqual(1);
  // Of another folder without the first two classes the labels stay those of the training images.
  const other = join(folder, 'other');
  cpSync(join(pets, 'dog'), join(other, 'dog'), { recursive: true });
  const read = await readTable(tableSource(other), { imageShape: [2, 2, 3], like: table });
  expect([...(transform(read).targets[0]?.values ?? [])]).toEqual([2, 2]);
});

test('folders called 1, 2 and 10 are classes in the order of Keras, which sorts names as text', async () => {
  for (const name of ['1', '2', '10']) cpSync(join(pets, 'cat'), join(folder, 'numbers', name), { recursive: true });
  const table = await readTable(tableSource(join(folder, 'numbers')), { imageShape: [1, 1] });
  const model = {
    inputs: [{ name: 'in', shape: [1, 1] }],
    outputs: [{ name: 'out', shape: [20], activation: 'softmax' }],
  };
  const choose = () => ({ loss: 'sparseCategoricalCrossentropy', kind: 'label' }) as const;
  const { tasks, dataset } = encodeTable(table, model, choose, { scale: 'none', missing: 'mean' });
  expect(tasks[0]?.classes).toEqual(['1', '10', '2']);
  expect([...(dataset.targets[0]?.values ?? [])]).toEqual([0, 0, 1, 1, 2, 2]);
});

test('without a shape, images of several sizes become 64×64, and those of one size keep it', async () => {
  const several = await readTable(tableSource(pets));
  expect(several.groups?.[0]?.shape).toEqual([64, 64, 3]);
  cpSync(join(pets, 'cat/grey.png'), join(folder, 'grey/a/grey.png'));
  const one = await readTable(tableSource(join(folder, 'grey')));
  expect(one.groups?.[0]?.shape).toEqual([5, 7]);
  expect([...one.values.subarray(0, 7)]).toEqual([0, 31, 62, 93, 124, 155, 186]);
});

test('notes say the classes and their images, the sizes, what was done, and what was left out', async () => {
  const path = petsIn('notes');
  writeFileSync(join(path, 'cat/.DS_Store'), '');
  writeFileSync(join(path, 'cat/notes.txt'), 'no image');
  writeFileSync(join(path, 'labels.csv'), 'a,b');
  mkdirSync(join(path, 'emu'));
  const { notes } = await readTable(tableSource(path), { imageShape: [4, 4, 3] });
  expect(notes).toEqual([
    '8 images of 4 classes: 10 4, cat 2, dog 2 and emu 0',
    "images of 4–5×4–7 pixels (height×width), resized to 4×4 bilinearly and without cropping, as Keras's image_dataset_from_directory does",
    'pixels: red, green and blue, from 0 to 255; they are scaled as the numbers of any table are, and --scale 255 divides them',
    'left out 2 files that are no images in class folders: "labels.csv" and "cat/notes.txt"',
    'left out 1 hidden file',
    'no images in "emu", still a class',
  ]);
});

test.each(['avif', 'webp', 'jpg', 'tif', 'gif', 'png'] as const)(
  'an image of one colour as .%s has that colour',
  async (format) => {
    const path = join(folder, `one-${format}`);
    const background = { r: 200, g: 100, b: 50 };
    for (const name of ['a', 'b']) {
      mkdirSync(join(path, name), { recursive: true });
      const image = sharp({ create: { width: 8, height: 8, channels: 3, background } });
      await image.toFile(join(path, name, `x.${format}`));
    }
    const { values, rows, notes } = await readTable(tableSource(path), { imageShape: [2, 2, 3] });
    expect(rows).toBe(2);
    expect(notes?.[0]).toBe('2 images of 2 classes: a 1 and b 1');
    // Packing with losses may change the last bits.
    for (let i = 0; i < 12; i++)
      expect(Math.abs((values[i] as number) - ([200, 100, 50][i % 3] as number))).toBeLessThan(4);
  },
);

test.each([
  ['corrupt.png', Buffer.from('no image')],
  ['cut.png', readFileSync(join(pets, 'cat/alpha.png')).subarray(0, 80)],
  ['empty.jpg', Buffer.alloc(0)],
  ['old.bmp', Buffer.from('BM')],
])('an image that cannot be decoded is named: %s', async (name, bytes) => {
  const path = petsIn(`refused-${name}`);
  writeFileSync(join(path, 'dog', name), bytes);
  await expect(readTable(tableSource(path), { imageShape: [2, 2, 3] })).rejects.toThrow(
    name.endsWith('bmp')
      ? `${path}/dog/old.bmp is a BMP image, which cannot be read: save it as PNG`
      : `${path}/dog/${name} must be an image; it cannot be decoded: `,
  );
});

test('a link to nothing is named, and one from a class to its own folder is not followed', async () => {
  const path = petsIn('links');
  symlinkSync('..', join(path, 'dog/circle'));
  expect((await readTable(tableSource(path), { imageShape: [2, 2] })).rows).toBe(8);
  symlinkSync('nowhere', join(path, 'dog/lost.png'));
  await expect(readTable(tableSource(path), { imageShape: [2, 2] })).rejects.toThrow(
    `${path}/dog/lost.png must be an image`,
  );
});

test.each([
  [[784], 'must be [height, width, channels] with 1, 3 or 4 channels; got [784]'],
  [[4, 4, 2], 'must be [height, width, channels] with 1, 3 or 4 channels; got [4, 4, 2]'],
])('a model whose input is no image is refused: %j', async (imageShape, message) => {
  await expect(readTable(tableSource(pets), { imageShape })).rejects.toThrow(message);
});

test('images that do not fit into memory are refused before any is decoded', async () => {
  await expect(readTable(tableSource(pets), { imageShape: [900_000, 900_000, 3] })).rejects.toThrow(
    /pets has 8 images, which take .* in the size 900000×900000; the memory has /,
  );
});

test('folders without classes are refused with what is wrong', async () => {
  const flat = join(folder, 'flat');
  cpSync(join(pets, 'cat'), flat, { recursive: true });
  await expect(readTable(tableSource(flat))).rejects.toThrow(
    `${flat} must have a folder for each class, with its images; got images without class folders`,
  );
  const parts = join(folder, 'parts');
  for (const name of ['train', 'test']) cpSync(pets, join(parts, name), { recursive: true });
  await expect(readTable(tableSource(parts))).rejects.toThrow(
    `${parts} must have a folder for each class; got test and train, which are parts: name ${parts}/train`,
  );
});

test('options of texts are refused, and a folder of tables stays one table', async () => {
  await expect(readTable(tableSource(pets), { delimiter: ';' })).rejects.toThrow('delimiter is for CSV');
  await expect(readTable(tableSource(pets), { categorical: ['size'] })).rejects.toThrow('categorical must be "label"');
  mkdirSync(join(folder, 'shards'));
  for (const name of ['a', 'b']) write(`shards/${name}.csv`, 'x,y\n1,2\n3,4\n');
  expect((await readTable(tableSource(join(folder, 'shards')), { imageShape: [2, 2, 3] })).rows).toBe(4);
});
