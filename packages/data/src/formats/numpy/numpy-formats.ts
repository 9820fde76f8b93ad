import type { TableFormat } from '../format.js';
import { firstZipPath } from '../zip/first-zip-path.js';
import { isNpy } from './magic.js';

const readers = () => import('../readers.js');

/**
 * A single NumPy array of two dimensions, whose columns are called 0, 1, 2 and so on, or of records, whose fields are
 * columns.
 *
 * Reading throws InputError naming the file, for Python objects, complex numbers, and other numbers of dimensions.
 */
export const npyFormat: TableFormat = {
  name: 'NumPy array',
  extensions: ['.npy'],
  matches: isNpy,
  read: async (...given) => (await readers()).npy.read(...given),
  stream: async (...given) => (await readers()).npy.stream(...given),
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
  read: async (...given) => (await readers()).npz.read(...given),
  stream: async (...given) => (await readers()).npz.stream(...given),
};
