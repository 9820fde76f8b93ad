import { InputError, sizeText } from '@lrfind/core';
import type { ByteSource } from '../../bytes.js';
import type { NamedArray } from '../array-table/named-array.js';
import { tableOfArrays } from '../array-table/table-of-arrays.js';
import type { TableFormat } from '../format.js';
import { dtypeOf } from '../numpy/dtype.js';
import { readBytes } from '../read-text.js';
import { types } from './idx-types.js';

/** Reads the format of `idxFormat`. */
export const readIdxTable: TableFormat['read'] = async (source, chunks, options) => {
  const own = readIdx(source.name, await readBytes(source.name, chunks));
  const other = await otherOf(source);
  const [x, y] = /labels/i.test(fileName(source.name)) ? [other, own] : [own, other];
  const notes = [`images of ${fileName(x.name)}, labels of ${fileName(y.name)}`];
  const table = tableOfArrays(
    source.name,
    [
      { ...x, name: 'x' },
      { ...y, name: 'y' },
    ],
    options,
  );
  return { ...table, notes: [...notes, ...(table.notes ?? [])] };
};

function readIdx(name: string, bytes: Uint8Array): NamedArray {
  const dimensions = bytes[3] ?? 0;
  const start = 4 + 4 * dimensions;
  const type = bytes[0] === 0 && bytes[1] === 0 ? types[bytes[2] as number] : undefined;
  if (type === undefined) throw new InputError(`${name} must be an IDX file; it does not begin like one`);
  if (bytes.length < start) throw new InputError(`${name} is cut off within its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((product, length) => product * length, 1);
  const dtype = dtypeOf(name, type);
  const wanted = count * dtype.size;
  if (start + wanted !== bytes.length)
    throw new InputError(
      `${name} must have ${sizeText(wanted)} for its shape ${shape.join('×')}; got ${sizeText(bytes.length - start)}`,
    );
  return { name, shape, values: dtype.read({ bytes, start, count, stride: dtype.size }) };
}

/** The labels of images, or the images of labels. */
async function otherOf(source: ByteSource): Promise<NamedArray> {
  const own = fileName(source.name);
  const names = otherNames(own);
  for (const name of names) {
    const other = source.sibling(name);
    try {
      return readIdx(other.name, await readBytes(other.name, other.stream()));
    } catch (error) {
      if (!(error instanceof InputError) || !error.message.startsWith('no such file')) throw error;
    }
  }
  const [first] = names;
  throw new InputError(
    first === undefined
      ? `${source.name} must be called images or labels, such as train-images-idx3-ubyte, beside the other file`
      : `${source.name} must lie beside ${first}; no such file`,
  );
}

/** `train-labels-idx1-ubyte` for `train-images-idx3-ubyte`, packed or not, and with a dot in the place of a dash. */
function otherNames(name: string): string[] {
  const swapped = /labels/i.test(name)
    ? name.replace(/labels/i, 'images').replace(/idx1/i, 'idx3')
    : name.replace(/images/i, 'labels').replace(/idx[2-4]/i, 'idx1');
  if (swapped === name) return [];
  const bare = swapped.replace(/\.gz$/, '');
  const packed = swapped === bare ? [bare, `${bare}.gz`] : [swapped, bare];
  return [
    ...packed,
    ...packed.map((each) => each.replace(/[.-]idx/, (mark) => (mark.startsWith('.') ? '-idx' : '.idx'))),
  ];
}

function fileName(path: string): string {
  return path.replace(/^.*[/\\]/, '');
}
