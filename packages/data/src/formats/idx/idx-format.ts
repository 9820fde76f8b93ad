import type { TableFormat } from '../format.js';
import { types } from './idx-types.js';

/**
 * IDX, the format of the MNIST files: images in one file and their labels in another one beside it, whose name says labels
 * in the place of images. Either may be named.
 *
 * Reading throws InputError naming the file, when the other file is missing, when one is damaged, and when the numbers of
 * images and labels differ.
 */
export const idxFormat: TableFormat = {
  name: 'IDX',
  extensions: ['.idx', '.ubyte'],
  matches: (head) =>
    head[0] === 0 &&
    head[1] === 0 &&
    (head[2] as number) in types &&
    (head[3] as number) > 0 &&
    (head[3] as number) < 8,
  read: async (...given) => (await import('../readers.js')).readIdxTable(...given),
};
