import { InputError } from '@lrfind/core';
import { tableOfArrays } from '../array-table/table-of-arrays.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { readBytes } from '../read-text.js';
import { firstZipPath } from '../zip/first-zip-path.js';
import { zipEntries } from '../zip/zip-entries.js';
import { NPY_MAGIC, readNpy } from './npy-file.js';

/**
 * A single NumPy array of two dimensions, whose columns are called 0, 1, 2 and so on, or of records, whose fields are
 * columns.
 *
 * Reading throws InputError naming the file, for Python objects, complex numbers, and other numbers of dimensions.
 */
export const npyFormat: TableFormat = {
  name: 'NumPy array',
  extensions: ['.npy'],
  matches: (head) => NPY_MAGIC.every((byte, i) => head[i] === byte),
  async read({ name }, chunks, options) {
    const { shape, values, fields } = readNpy(name, await readBytes(name, chunks));
    const [rows = 0, width] = shape;
    const place = (row: number) => `row ${row + 1}`;
    if (fields) return tableOfCells({ source: name, rows, columns: fields, place }, options);
    if (width === undefined || shape.length !== 2)
      throw new InputError(
        `${name} must have two dimensions, rows and columns; got ${shape.length}: [${shape.join(', ')}]; put inputs and target into one file: numpy.savez("data.npz", x=x, y=y)`,
      );
    const columns = Array.from({ length: width }, (_, i) => ({ name: String(i), cells: values, from: i, step: width }));
    return tableOfCells({ source: name, rows, columns, place }, options);
  },
};

/**
 * Several NumPy arrays, as `numpy.savez` and `savez_compressed` write them, of the same number of rows: inputs and the target.
 * Of arrays called `x_train`, `y_train`, `x_test` and so on, as in Keras's `mnist.npz`, the option `part` takes one part.
 *
 * Reading throws InputError naming file and array, for Python objects, complex numbers, unequal numbers of rows, and an
 * archive that is damaged.
 */
export const npzFormat: TableFormat = {
  name: 'NumPy arrays',
  extensions: ['.npz'],
  matches: (head) => firstZipPath(head).endsWith('.npy'),
  async read({ name }, chunks, options) {
    const entries = await zipEntries(name, await readBytes(name, chunks));
    const arrays = entries.map((entry) => {
      const own = entry.path.replace(/\.npy$/, '');
      const { shape, values, fields } = readNpy(`${name}: "${own}"`, entry.read());
      if (fields)
        throw new InputError(
          `${name}: "${own}" must be an array of numbers or text; got records: save them alone as .npy`,
        );
      return { name: own, shape, values };
    });
    return tableOfArrays(name, arrays, options);
  },
};
