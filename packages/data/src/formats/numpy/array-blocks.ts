import { rowMajor } from '../array-table/row-major.js';
import type { CellColumn } from '../cells/cell.js';
import type { RandomAccess } from '../random-access.js';
import { ByteQueue, partsOf } from '../random-access.js';
import type { NpyHeader } from './npy-file.js';

/** Reads the rows of a `.npy` file one after the other. */
export interface ArrayRows {
  /** The next rows: their values row-major, or the columns of records. */
  next(count: number): Promise<{ values: CellColumn['cells']; bytes: Uint8Array }>;
  /** Reads to the end of the file, so that what is checked there is checked. */
  end(): Promise<void>;
  close(): Promise<void>;
}

const PART_BYTES = 1 << 20;

/** The rows of a file in C order whose bytes come one after the other. @param bytes from the first value on */
export function queuedRows({ shape, stride, dtype }: NpyHeader, bytes: ByteQueue): ArrayRows {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  return {
    next: async (count) => {
      const part = await bytes.take(count * size * stride);
      return { values: dtype.read({ bytes: part, start: 0, count: count * size, stride }), bytes: part };
    },
    end: () => bytes.end(),
    close: () => bytes.close(),
  };
}

/** The rows of a file that is read in any order. */
export function fileRows(header: NpyHeader, file: RandomAccess): ArrayRows {
  const { shape, stride, dtype, start, fortran } = header;
  if (!fortran || shape.length < 2)
    return queuedRows(header, new ByteQueue(partsOf(file, start, file.length, PART_BYTES)));
  const [rows = 0, ...own] = shape;
  const size = own.reduce((product, length) => product * length, 1);
  let first = 0;
  return {
    next: async (count) => {
      // Of each column, which lies together, the part with these rows.
      const bytes = new Uint8Array(count * size * stride);
      for (let column = 0; column < size; column++) {
        const from = start + (column * rows + first) * stride;
        bytes.set(await file.slice(from, from + count * stride), column * count * stride);
      }
      first += count;
      const values = dtype.read({ bytes, start: 0, count: count * size, stride });
      return { values: rowMajor(values, [count, ...own]), bytes };
    },
    end: async () => {},
    close: async () => {},
  };
}
