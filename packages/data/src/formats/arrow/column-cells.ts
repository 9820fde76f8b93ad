import { decodeText } from '../../bytes.js';
import { dtypeOf } from '../numpy/dtype.js';
import type { RecordBatch } from './messages.js';
import type { ArrowType } from './schema.js';

/** Values of a column, in parts as they come; moments are in their units. */
export type ArrowCells = ArrayLike<number | bigint | string | boolean | null>;

/**
 * The values of the next column of a batch.
 *
 * @throws an error for buffers that are shorter than their values
 */
export function readValues(type: ArrowType, batch: RecordBatch): ArrowCells {
  const { length, nulls } = batch.node();
  if (length !== batch.rows) throw new Error(`a column has ${length} values in ${batch.rows} rows`);
  if (type.kind === 'null') return new Float64Array(length).fill(Number.NaN);
  const validity = batch.buffer();
  const values = valuesOf(type, batch, length);
  if (nulls === 0 || validity.length === 0) return values;
  if (validity.length * 8 < length) throw new Error('a buffer is too short');
  return withMissing(values, validity);
}

/** @param validity a bit for each value, 0 where it is missing */
function withMissing(values: ArrowCells, validity: Uint8Array): ArrowCells {
  const isMissing = (row: number) => ((validity[row >> 3] as number) & (1 << (row & 7))) === 0;
  if (!ArrayBuffer.isView(values)) return Array.from(values, (value, row) => (isMissing(row) ? null : value));
  const numbers = values instanceof Float32Array ? values : new Float64Array(values as ArrayLike<number>);
  for (let row = 0; row < numbers.length; row++) if (isMissing(row)) numbers[row] = Number.NaN;
  return numbers;
}

function valuesOf(type: Exclude<ArrowType, { kind: 'null' }>, batch: RecordBatch, length: number): ArrowCells {
  const bytes = batch.buffer();
  const need = (size: number) => {
    if (bytes.length < size) throw new Error('a buffer is too short');
  };
  switch (type.kind) {
    case 'bool':
      need(Math.ceil(length / 8));
      return Array.from({ length }, (_, i) => ((bytes[i >> 3] as number) & (1 << (i & 7))) !== 0);
    case 'number':
      need(length * type.bytes);
      return dtypeOf('', type.dtype).read({ bytes, start: 0, count: length, stride: type.bytes }) as ArrowCells;
    case 'decimal':
      need(length * type.bytes);
      return Float64Array.from({ length }, (_, i) => decimalAt(bytes, i * type.bytes, type.bytes, type.scale));
    case 'moment': {
      need(length * type.bytes);
      const view = viewOf(bytes);
      return Array.from({ length }, (_, i) =>
        type.bytes === 4 ? BigInt(view.getInt32(4 * i, true)) : view.getBigInt64(8 * i, true),
      );
    }
    case 'text':
      return texts(bytes, batch.buffer(), type.bytes, length);
    case 'view': {
      need(length * 16);
      const parts = Array.from({ length: batch.furtherBuffers() }, () => batch.buffer());
      return views(bytes, parts, length);
    }
  }
}

/** The nearest double to a whole number, shifted by `scale` decimal places. */
function decimalAt(bytes: Uint8Array, start: number, size: number, scale: number): number {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[start + i] as number);
  return Number(`${BigInt.asIntN(size * 8, value)}e${-scale}`);
}

function texts(offsets: Uint8Array, data: Uint8Array, size: 4 | 8, length: number): string[] {
  if (length === 0) return [];
  if (offsets.length < (length + 1) * size) throw new Error('a buffer is too short');
  const view = viewOf(offsets);
  const offset = (i: number) => (size === 4 ? view.getInt32(4 * i, true) : Number(view.getBigInt64(8 * i, true)));
  return Array.from({ length }, (_, i) => textAt(data, offset(i), offset(i + 1)));
}

function views(bytes: Uint8Array, parts: readonly Uint8Array[], length: number): string[] {
  const view = viewOf(bytes);
  return Array.from({ length }, (_, i) => {
    const at = 16 * i;
    const size = view.getInt32(at, true);
    if (size <= 12) return textAt(bytes, at + 4, at + 4 + size);
    const start = view.getInt32(at + 12, true);
    return textAt(parts[view.getInt32(at + 8, true)] ?? new Uint8Array(), start, start + size);
  });
}

function textAt(data: Uint8Array, from: number, to: number): string {
  if (!(from >= 0 && to >= from && to <= data.length)) throw new Error('a text lies outside of its buffer');
  return decodeText(data, from, to);
}

/** Values that stand for others by their index. */
export function lookUp(indices: ArrowCells, dictionary: ArrowCells | undefined): ArrowCells {
  return Array.from(indices, (index) => {
    if (index === null || Number.isNaN(index)) return null;
    const value = dictionary?.[Number(index)];
    if (value === undefined) throw new Error(`a dictionary has no value ${index}`);
    return value;
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
