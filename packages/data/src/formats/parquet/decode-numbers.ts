import type { DecodedArray, PageHeader, SchemaElement } from 'hyparquet/src/types.js';
import { dtypeOf } from '../numpy/dtype.js';

/** Numbers of a page or a dictionary. */
export type PageNumbers = Int32Array | Float32Array | Float64Array;

/** The type of NumPy of each physical type that is read here. */
const dtypes: Readonly<Record<string, string>> = { INT32: '<i4', INT64: '<i8', FLOAT: '<f4', DOUBLE: '<f8' };
/** Indices of more bits are left to the library: with fewer, an index and the rest of a byte fit into 32 bits. */
const MOST_BITS = 24;

/** Whether a column holds numbers that are what their bytes say, neither dates nor decimals. */
export function holdsNumbers({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  if (type === undefined || !(type in dtypes)) return false;
  const plain = converted === undefined || /^(INT_(8|16|32|64)|UINT_(8|16))$/.test(converted);
  return plain && (!logical || (logical.type === 'INTEGER' && (logical.isSigned || logical.bitWidth < 32)));
}

/** A dictionary as numbers; undefined where double precision does not hold them. */
export function dictionaryNumbers(dictionary: DecodedArray | undefined): PageNumbers | undefined {
  if (
    dictionary instanceof Int32Array ||
    dictionary instanceof Float32Array ||
    dictionary instanceof Float64Array ||
    dictionary === undefined
  )
    return dictionary;
  const numbers = Float64Array.from(dictionary as ArrayLike<unknown>, Number);
  return numbers.every(Number.isSafeInteger) ? numbers : undefined;
}

/**
 * Decodes a page of numbers, plain or with a dictionary, without an object for each. Values that are missing become NaN.
 *
 * @param levels says which values are missing; undefined where none can be
 * @param bytes the values, unpacked; whatever follows them is left
 * @returns undefined for a page that the library decodes
 * @throws an error for runs and indices that do not fit
 */
export function decodeNumbers(
  { type }: SchemaElement,
  header: PageHeader,
  levels: Uint8Array | undefined,
  bytes: Uint8Array,
  dictionary: PageNumbers | undefined,
): PageNumbers | undefined {
  const page = header.data_page_header ?? header.data_page_header_v2;
  const dtype = dtypes[type as string];
  if (!page || dtype === undefined) return undefined;
  const { num_values: count, encoding } = page;
  const isPlain = encoding === 'PLAIN';
  if (!isPlain && !(dictionary && encoding.endsWith('_DICTIONARY'))) return undefined;
  const present = levels && !areAllPresent(levels, count) ? readRuns(levels, 1, count) : undefined;
  const known = present ? countOnes(present) : count;
  let values: PageNumbers;
  if (isPlain) {
    const { size, read } = dtypeOf('', dtype);
    if (bytes.length < known * size) throw new Error('a page is cut off');
    const plain = read({ bytes, start: 0, count: known, stride: size });
    const isNumber = plain instanceof Int32Array || plain instanceof Float32Array || plain instanceof Float64Array;
    if (!isNumber) return undefined;
    values = plain;
  } else {
    const width = known === 0 ? 0 : (bytes[0] ?? 33);
    if (width > MOST_BITS) return undefined;
    const codes = width === 0 ? new Int32Array(known) : readRuns(bytes.subarray(1), width, known);
    values = lookedUp(codes, dictionary as PageNumbers);
  }
  return present && known < count ? spread(values, present) : values;
}

/** Whether levels are one run that says that every value is there, as they mostly are. */
function areAllPresent(levels: Uint8Array, count: number): boolean {
  let run = 0;
  for (let at = 0; at < 5; at++) {
    const byte = levels[at] as number;
    run += (byte & 127) * 2 ** (7 * at);
    if (byte < 128) return run === count * 2 && levels[at + 1] === 1;
  }
  return false;
}

function countOnes(levels: Int32Array): number {
  let ones = 0;
  for (let i = 0; i < levels.length; i++) ones += levels[i] as number;
  return ones;
}

function lookedUp(codes: Int32Array, dictionary: PageNumbers): PageNumbers {
  const values = new (dictionary.constructor as new (length: number) => PageNumbers)(codes.length);
  const { length } = dictionary;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    if (code >= length) throw new Error(`a dictionary of ${length} values has none with the number ${code}`);
    values[i] = dictionary[code] as number;
  }
  return values;
}

/** Puts values where they are present. */
function spread(values: PageNumbers, present: Int32Array): PageNumbers {
  const all = values instanceof Float32Array ? new Float32Array(present.length) : new Float64Array(present.length);
  let from = 0;
  for (let i = 0; i < present.length; i++) all[i] = present[i] === 0 ? Number.NaN : (values[from++] as number);
  return all;
}

/**
 * Reads small whole numbers, in runs of one value and in groups of eight of `width` bits.
 *
 * @throws an error for runs that are longer than the numbers, and for bytes that are cut off
 */
function readRuns(bytes: Uint8Array, width: number, count: number): Int32Array {
  const values = new Int32Array(count);
  const mask = (1 << width) - 1;
  let at = 0;
  for (let seen = 0; seen < count; ) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new Error('a run is cut off');
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const run = header & 1 ? (header >>> 1) * 8 : header >>> 1;
    // The last group is filled up to eight values.
    if (run > count - seen + (header & 1 ? 7 : 0)) throw new Error(`a run of ${run} values in a page of ${count}`);
    const end = Math.min(count, seen + run);
    if (header & 1) {
      let [bits, held] = [0, 0];
      const next = at + (run / 8) * width;
      if (width === 8) {
        values.set(bytes.subarray(at, at + end - seen), seen);
        at += end - seen;
        seen = end;
      }
      while (seen < end) {
        for (; held < width; held += 8) bits |= (bytes[at++] as number) << held;
        values[seen++] = bits & mask;
        bits >>>= width;
        held -= width;
      }
      if (at > bytes.length) throw new Error('a run is cut off');
      at = next;
    } else {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= (bytes[at++] ?? 0) << shift;
      if (at > bytes.length) throw new Error('a run is cut off');
      values.fill(value & mask, seen, end);
      seen = end;
    }
  }
  return values;
}
