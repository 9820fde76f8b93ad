import { counted, InputError, notAllowed, sizeText } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import { rowMajor } from '../array-table/row-major.js';
import type { CellColumn } from '../cells/cell.js';
import { type DType, dtypeOf } from './dtype.js';
import { isNpy } from './magic.js';
import { type PythonValue, parsePython } from './python-literal.js';

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  readonly shape: readonly number[];
  /** Whether the first index is the fastest. */
  readonly fortran: boolean;
  /** Where the values begin. */
  readonly start: number;
  /** Bytes of a value, or of a record. */
  readonly stride: number;
  /** The type of the values. */
  readonly dtype: DType;
  /** Only for records: their fields. `dtype` is of no use then. */
  readonly fields?: readonly NpyField[];
}

/** A field of records. */
export interface NpyField {
  readonly name: string;
  readonly dtype: DType;
  /** Where it lies in a record. */
  readonly offset: number;
}

/** What a `.npy` file holds: an array, or for an array of records an array for each field. */
export interface NpyFile {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: CellColumn['cells'];
  readonly moments: CellColumn['moments'];
  /** Only for records: the name and the values of each field. `values` is empty then. */
  readonly fields?: readonly CellColumn[];
}

/** The most bytes of a header that is read for itself: it has a name and a type for each field. */
export const MOST_HEADER = 1 << 20;

/**
 * Reads the header of a `.npy` file: any type of numbers in either order of bytes, booleans, dates and text, in C or Fortran order.
 *
 * @param what names it, for messages
 * @param bytes the first bytes of the file; all, or `MOST_HEADER`
 * @param length of the file
 * @throws InputError for Python objects, complex numbers and other types, by name, and for a file that is damaged: what its
 *   header declares must be what follows, before anything is allocated for it
 */
export function npyHeader(what: string, bytes: Uint8Array, length: number): NpyHeader {
  if (!isNpy(bytes)) throw new InputError(`${what} must be a NumPy array; it does not begin like one`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version !== 1 && version !== 2 && version !== 3)
    throw notAllowed(`${what}: the version of its format`, '1, 2 or 3', version);
  const from = version === 1 ? 10 : 12;
  const own =
    bytes.length < from ? Number.POSITIVE_INFINITY : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = from + own;
  if (start > bytes.length) throw new InputError(`${what} is cut off within its header`);
  const header = parsePython(decodeText(bytes, from, start));
  const [descriptor, fortran, shape] = ['descr', 'fortran_order', 'shape'].map((key) =>
    header instanceof Map ? header.get(key) : undefined,
  );
  if (descriptor === undefined || typeof fortran !== 'boolean' || !isShape(shape))
    throw new InputError(
      `${what} must have a header with descr, fortran_order and shape; got ${JSON.stringify(decodeText(bytes, from, Math.min(start, from + 80)))}`,
    );
  const count = shape.reduce((product, size) => product * size, 1);
  if (typeof descriptor === 'string') {
    const dtype = dtypeOf(what, descriptor);
    checkLength(what, length - start, count, dtype.size);
    return { shape, fortran, start, stride: dtype.size, dtype };
  }
  const fields = fieldsOf(what, descriptor);
  const stride = fields.reduce((sum, { dtype }) => sum + dtype.size, 0);
  checkLength(what, length - start, count, stride);
  if (shape.length !== 1) throw notAllowed(`${what}: the shape of its records`, 'one length, that of the rows', shape);
  let offset = 0;
  const placed = fields.map(({ name, dtype }) => {
    offset += dtype.size;
    return { name, dtype, offset: offset - dtype.size };
  });
  return { shape, fortran, start, stride, dtype: NO_TYPE, fields: placed.filter(({ name }) => name !== '') };
}

const NO_TYPE: DType = { size: 0, read: () => [] };

/** Reads a `.npy` file as a whole. @throws InputError as `npyHeader` does */
export function readNpy(what: string, bytes: Uint8Array): NpyFile {
  const { shape, fortran, start, stride, dtype, fields } = npyHeader(what, bytes, bytes.length);
  const count = shape.reduce((product, size) => product * size, 1);
  const { moments } = dtype;
  if (fields) return { shape, values: [], moments, fields: fieldColumns(fields, { bytes, start, count, stride }) };
  const values = dtype.read({ bytes, start, count, stride });
  return { shape, moments, values: fortran ? rowMajor(values, shape) : values };
}

/** The columns of records. */
export function fieldColumns(
  fields: readonly NpyField[],
  { start, ...place }: { bytes: Uint8Array; start: number; count: number; stride: number },
): CellColumn[] {
  return fields.map(({ name, dtype, offset }) => ({
    name,
    cells: dtype.read({ ...place, start: start + offset }),
    moments: dtype.moments,
  }));
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
