import { counted, InputError, notAllowed, sizeText } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import { rowMajor } from '../array-table/row-major.js';
import type { CellColumn } from '../cells/cell.js';
import { dtypeOf } from './dtype.js';
import { type PythonValue, parsePython } from './python-literal.js';

/** What a `.npy` file holds: an array, or for an array of records an array for each field. */
export interface NpyFile {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: CellColumn['cells'];
  /** Only for records: the name and the values of each field. `values` is empty then. */
  readonly fields?: readonly CellColumn[];
}

/** The first bytes of every `.npy` file. */
export const NPY_MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads a `.npy` file: any type of numbers in either order of bytes, booleans, dates and text, in C or Fortran order.
 *
 * @param what names it, for messages
 * @throws InputError for Python objects, complex numbers and other types, by name, and for a file that is damaged: what its
 *   header declares must be what follows, before anything is allocated for it
 */
export function readNpy(what: string, bytes: Uint8Array): NpyFile {
  if (NPY_MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new InputError(`${what} must be a NumPy array; it does not begin like one`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version !== 1 && version !== 2 && version !== 3)
    throw notAllowed(`${what}: the version of its format`, '1, 2 or 3', version);
  const from = version === 1 ? 10 : 12;
  const length =
    bytes.length < from ? Number.POSITIVE_INFINITY : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = from + length;
  if (start > bytes.length) throw new InputError(`${what} is cut off within its header`);
  const header = parsePython(decodeText(bytes, from, start));
  const [descriptor, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) =>
    header instanceof Map ? header.get(key) : undefined,
  );
  if (descriptor === undefined || typeof order !== 'boolean' || !isShape(shape))
    throw new InputError(
      `${what} must have a header with descr, fortran_order and shape; got ${JSON.stringify(decodeText(bytes, from, Math.min(start, from + 80)))}`,
    );
  const count = shape.reduce((product, size) => product * size, 1);
  const place = { bytes, start, count };
  if (typeof descriptor === 'string') {
    const dtype = dtypeOf(what, descriptor);
    checkLength(what, bytes.length - start, count, dtype.size);
    const values = dtype.read({ ...place, stride: dtype.size });
    return { shape, values: order ? rowMajor(values, shape) : values };
  }
  const fields = fieldsOf(what, descriptor);
  const stride = fields.reduce((sum, { dtype }) => sum + dtype.size, 0);
  checkLength(what, bytes.length - start, count, stride);
  if (shape.length !== 1) throw notAllowed(`${what}: the shape of its records`, 'one length, that of the rows', shape);
  let offset = start;
  const columns = fields.map(({ name, dtype }) => {
    const cells = dtype.read({ ...place, start: offset, stride });
    offset += dtype.size;
    return { name, cells };
  });
  return { shape, values: [], fields: columns.filter(({ name }) => name !== '') };
}

function isShape(value: PythonValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((length) => typeof length === 'number' && length >= 0);
}

function checkLength(what: string, available: number, count: number, size: number): void {
  const wanted = count * size;
  if (wanted <= available) return;
  throw new InputError(
    `${what} is cut off: ${counted(count, 'value')} need ${sizeText(wanted)}; got ${sizeText(available)}`,
  );
}

/** The fields of records: names and types. Fields without a name fill gaps. */
function fieldsOf(what: string, descriptor: PythonValue) {
  if (!Array.isArray(descriptor) || descriptor.length === 0)
    throw notAllowed(`${what}: descr`, 'a type, or a list of fields', descriptor);
  return descriptor.map((field) => {
    const [name, type, shape] = Array.isArray(field) ? field : [];
    if (name === '' && typeof type === 'string' && /^\|V\d+$/.test(type))
      return { name, dtype: { size: Number(type.slice(2)), read: () => [] } };
    if (typeof name !== 'string' || typeof type !== 'string' || shape !== undefined)
      throw new InputError(
        `${what}: each field of its records must be one number or text; got ${JSON.stringify(field)}`,
      );
    return { name, dtype: dtypeOf(`${what}, field "${name}"`, type) };
  });
}
