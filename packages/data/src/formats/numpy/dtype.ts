import { float16Of, InputError } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import type { CellColumn, Moments } from '../cells/cell.js';
import { perSecond, type TimeUnit } from '../cells/date-text.js';

/** Where values lie in a file: so many, the first at `start`, each `stride` bytes after the one before. */
export interface ValueBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly count: number;
  readonly stride: number;
}

/** A type of NumPy. */
export interface DType {
  /** Bytes of a value; at least 1. */
  readonly size: number;
  /** Only for dates and times: what they count. */
  readonly moments?: Moments;
  read(place: ValueBytes): CellColumn['cells'];
}

/** What `not a DType` types hold, and what to do about them. */
const refused: Readonly<Record<string, string>> = {
  O: 'Python objects (pickle), which can run code when they are read: save numbers or text, such as array.astype(float)',
  c: 'complex numbers: save their real and imaginary parts as two arrays',
  V: 'bytes without a type: save an array of numbers',
  m: 'spans of time: save numbers, such as array.astype(float)',
  g: 'numbers of more than 64 bits: save array.astype(float)',
};

/**
 * The type that a descriptor such as `<f4` names.
 *
 * @param what names the array, for messages
 * @throws InputError for a type that is no number, boolean, date or text, by its name
 */
export function dtypeOf(what: string, descriptor: string): DType {
  const found = /^([<>=|])?([a-zA-Z])(\d+)?(?:\[(\w+)\])?$/.exec(descriptor);
  const [, order = '|', kind = '', digits = '0', unit] = found ?? [];
  const size = Number(digits);
  const big = order === '>';
  const numbers = numberTypes[`${kind}${size}`];
  if (numbers) return { size, read: (place) => numbers(place, big) };
  if (kind === 'U' && size > 0) return { size: size * 4, read: (place) => unicodeTexts(what, place, size, big) };
  if (kind === 'S' && size > 0) return { size, read: (place) => byteTexts(place, size) };
  if (kind === 'M' && size === 8 && unit !== undefined && unit in perSecond)
    return { size, moments: { unit: unit as TimeUnit, zoned: false }, read: (place) => moments(place, big) };
  const why = refused[kind === 'f' && size > 8 ? 'g' : kind];
  throw new InputError(`${what} must hold numbers, booleans, dates or text; got ${descriptor}${why ? `, ${why}` : ''}`);
}

type NumberReader = (place: ValueBytes, big: boolean) => CellColumn['cells'];
type NumberArrayType =
  | Uint8ArrayConstructor
  | Int8ArrayConstructor
  | Uint16ArrayConstructor
  | Int16ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

const numberTypes: Readonly<Record<string, NumberReader>> = {
  b1: (place) => (numbersOf(Uint8Array, 'getUint8')(place, false) as Uint8Array).map((byte) => (byte === 0 ? 0 : 1)),
  u1: numbersOf(Uint8Array, 'getUint8'),
  i1: numbersOf(Int8Array, 'getInt8'),
  u2: numbersOf(Uint16Array, 'getUint16'),
  i2: numbersOf(Int16Array, 'getInt16'),
  u4: numbersOf(Uint32Array, 'getUint32'),
  i4: numbersOf(Int32Array, 'getInt32'),
  f4: numbersOf(Float32Array, 'getFloat32'),
  f8: numbersOf(Float64Array, 'getFloat64'),
  f2: halves,
  i8: (place, big) => wholeNumbers(place, big, true),
  u8: (place, big) => wholeNumbers(place, big, false),
};

function numbersOf(
  Type: NumberArrayType,
  get: 'getUint8' | 'getInt8' | 'getUint16' | 'getInt16' | 'getUint32' | 'getInt32' | 'getFloat32' | 'getFloat64',
): NumberReader {
  return ({ bytes, start, count, stride }, big) => {
    const size = Type.BYTES_PER_ELEMENT;
    // A copy begins at a multiple of the size, as a typed array must. `slice` of Node's buffers makes none.
    if (stride === size && !(big && size > 1))
      return new Type(new Uint8Array(bytes.subarray(start, start + count * size)).buffer);
    const view = viewOf(bytes);
    const values = new Type(count);
    for (let i = 0; i < count; i++) values[i] = view[get](start + i * stride, !big);
    return values;
  };
}

function halves({ bytes, start, count, stride }: ValueBytes, big: boolean): Float32Array {
  const view = viewOf(bytes);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = float16Of(view.getUint16(start + i * stride, !big));
  return values;
}

/** In double precision where it holds all of them, otherwise as they are. */
function wholeNumbers({ bytes, start, count, stride }: ValueBytes, big: boolean, signed: boolean): CellColumn['cells'] {
  const view = viewOf(bytes);
  const values = new Float64Array(count);
  let safe = true;
  for (let i = 0; i < count; i++) {
    const at = start + i * stride;
    const high = signed ? view.getInt32(big ? at : at + 4, !big) : view.getUint32(big ? at : at + 4, !big);
    const value = high * 2 ** 32 + view.getUint32(big ? at + 4 : at, !big);
    if (!Number.isSafeInteger(value)) safe = false;
    values[i] = value;
  }
  if (safe) return values;
  const get = (at: number) => (signed ? view.getBigInt64(at, !big) : view.getBigUint64(at, !big));
  return Array.from({ length: count }, (_, i) => get(start + i * stride));
}

function moments({ bytes, start, count, stride }: ValueBytes, big: boolean): (bigint | null)[] {
  const view = viewOf(bytes);
  // The least number stands for a missing moment, NaT.
  const missing = -(2n ** 63n);
  return Array.from({ length: count }, (_, i) => {
    const moment = view.getBigInt64(start + i * stride, !big);
    return moment === missing ? null : moment;
  });
}

/** Text of four bytes a character, filled up with zeros. */
function unicodeTexts(
  what: string,
  { bytes, start, count, stride }: ValueBytes,
  length: number,
  big: boolean,
): string[] {
  const view = viewOf(bytes);
  return Array.from({ length: count }, (_, i) => {
    const points: number[] = [];
    for (let at = 0; at < length; at++) points.push(view.getUint32(start + i * stride + at * 4, !big));
    while (points.at(-1) === 0) points.pop();
    if (points.some((point) => point > 0x10ffff))
      throw new InputError(`${what} must hold text; got damaged characters`);
    return points.map((point) => String.fromCodePoint(point)).join('');
  });
}

/** Text of a byte a character, in UTF-8, filled up with zeros. */
function byteTexts({ bytes, start, count, stride }: ValueBytes, size: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * stride;
    let to = from + size;
    while (to > from && bytes[to - 1] === 0) to--;
    return decodeText(bytes, from, to);
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
