import { bfloat16Of, float16Of, InputError, isObject, notAllowed, notOneOf, parseJson, sizeText } from '@lrfind/core';
import { type ByteSource, decodeText } from '@lrfind/data';

/** A weight of a file: its shape, and its numbers in float32, row by row. */
export interface FileWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The most bytes of the table of contents, as in the reference implementation. */
const MOST_HEADER_BYTES = 100_000_000;
/** The most bytes of a file; TensorFlow.js could not hold more weights. */
const MOST_BYTES = 2 ** 31 - 1;

/** The types of numbers that a weight may have: bytes of one, and how it is read. */
const types: Readonly<
  Record<string, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>
> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => float16Of(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => bfloat16Of(view.getUint16(at, true)) },
};

/** Whether bytes are the beginning of a safetensors file: the length of a table of contents, and its first letter. */
export function isSafetensors(head: Uint8Array): boolean {
  return head.length >= 9 && head[8] === '{'.charCodeAt(0) && headerLength(head) <= MOST_HEADER_BYTES;
}

/**
 * Reads a safetensors file: eight bytes with the length of a JSON document, the document, and the numbers.
 *
 * @param source its name must end in `.safetensors` or its bytes show what it is; that is for the caller to see
 * @returns the weights by their names, in the file's order
 * @throws InputError naming the file and the weight, for a document or a place of numbers that is damaged, and for numbers that are no
 *   floats
 */
export async function readSafetensors(source: ByteSource): Promise<ReadonlyMap<string, FileWeight>> {
  const { name } = source;
  const size = await source.size();
  if (size > MOST_BYTES)
    throw new InputError(`${name} must have at most ${sizeText(MOST_BYTES)}; got ${sizeText(size)}`);
  const bytes = await source.slice();
  if (!isSafetensors(bytes))
    throw new InputError(`${name} is no safetensors file: it must begin with the length of its table of contents`);
  const length = headerLength(bytes);
  if (8 + length > bytes.length)
    throw new InputError(
      `${name} is cut off: its table of contents has ${length} bytes, the file ${bytes.length} in all`,
    );
  const header = parseJson(decodeText(bytes.subarray(8, 8 + length)), `the table of contents of ${name}`);
  if (!isObject(header)) throw notAllowed(`the table of contents of ${name}`, 'an object', header);
  const { __metadata__: _, ...entries } = header;
  const data = bytes.subarray(8 + length);
  const weights = new Map<string, FileWeight>();
  const places: (readonly [start: number, end: number])[] = [];
  for (const [weight, entry] of Object.entries(entries)) {
    const { shape, dtype, start, end } = checkedEntry(`${name}: "${weight}"`, entry, data.length);
    places.push([start, end]);
    weights.set(weight, { shape, values: numbersOf(data.subarray(start, end), dtype) });
  }
  checkPlaces(name, places, data.length);
  return weights;
}

/** A number beyond what a double holds is larger than any limit too. */
function headerLength(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

function checkedEntry(place: string, entry: unknown, available: number) {
  if (!isObject(entry)) throw notAllowed(place, 'an object with dtype, shape and data_offsets', entry);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(types, dtype))
    throw notOneOf(`${place}: dtype`, Object.keys(types), dtype);
  if (!isWholes(shape)) throw notAllowed(`${place}: shape`, 'a list of whole numbers at least 0', shape);
  const [start = -1, end = -1] = isWholes(offsets) && offsets.length === 2 ? offsets : [];
  if (!(0 <= start && start <= end && end <= available))
    throw notAllowed(`${place}: data_offsets`, `two whole numbers from 0 to ${available}, in order`, offsets);
  const wanted = shape.reduce((product, each) => product * each, (types[dtype] as { bytes: number }).bytes);
  if (end - start !== wanted)
    throw new InputError(
      `${place} must have ${wanted} bytes for [${shape.join(', ')}] in ${dtype}; got ${end - start}`,
    );
  return { dtype, shape, start, end };
}

/** Weights must lie one behind the other, so that none is read twice and nothing is left out. */
function checkPlaces(name: string, places: readonly (readonly [start: number, end: number])[], length: number): void {
  let at = 0;
  for (const [start, end] of places.toSorted((one, other) => one[0] - other[0] || one[1] - other[1])) {
    if (start !== at)
      throw new InputError(
        `${name} is damaged: its weights must follow each other; got one at ${start}, where ${at} was free`,
      );
    at = end;
  }
  if (at !== length) throw new InputError(`${name} is damaged: its weights have ${at} bytes; got ${length}`);
}

function isWholes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}

function numbersOf(bytes: Uint8Array, dtype: string): Float32Array {
  const { bytes: width, read } = types[dtype] as (typeof types)[string];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / width);
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * width);
  return values;
}
