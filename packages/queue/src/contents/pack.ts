import { InputError } from '@lrfind/core';

const arrays = { Float32Array, Float64Array, Int32Array, Uint8Array } as const;
type Packable = InstanceType<(typeof arrays)[keyof typeof arrays]>;

/** Arrays begin at multiples of this, so that numbers of any size can be read where they lie. */
const ALIGNMENT = 8;

/** Stands for an array in the JSON. A leading `$` is in no key of ours. */
interface Placed {
  readonly $array: keyof typeof arrays;
  readonly at: number;
  readonly length: number;
}

/**
 * Plain data with typed arrays as bytes: the length of the JSON, the JSON with places of arrays in it, the arrays. Equal data give equal bytes
 * on every machine that is little-endian, as all are that Node runs on but those of s390x.
 *
 * @param data of objects, arrays, texts, finite numbers, booleans, null and typed arrays; what is `undefined` is left out
 */
export function pack(data: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = 0;
  const json = new TextEncoder().encode(
    JSON.stringify(data, (_key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${value} cannot be packed`);
      if (!ArrayBuffer.isView(value)) return value;
      const array = value as Packable;
      const { buffer, byteOffset, byteLength, length } = array;
      const placed = { $array: array.constructor.name as keyof typeof arrays, at: end, length } satisfies Placed;
      if (!(placed.$array in arrays)) throw new Error(`an array of type ${placed.$array} cannot be packed`);
      parts.push(new Uint8Array(buffer, byteOffset, byteLength));
      end += aligned(byteLength);
      return placed;
    }),
  );
  const start = aligned(4 + json.length);
  const bytes = new Uint8Array(start + end);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = start;
  for (const part of parts) {
    bytes.set(part, at);
    at += aligned(part.length);
  }
  return bytes;
}

/**
 * The data that {@link pack} was given. Its arrays lie in the memory of the bytes.
 *
 * @throws InputError for bytes that are something else
 */
export function unpack(bytes: Uint8Array): unknown {
  // Where the bytes do not begin at a multiple of 8, arrays could not be read where they lie.
  const { buffer, byteOffset } = bytes.byteOffset % ALIGNMENT === 0 ? bytes : Uint8Array.from(bytes);
  const view = new DataView(buffer, byteOffset, bytes.length);
  const length = bytes.length >= 4 ? view.getUint32(0, true) : bytes.length;
  if (4 + length > bytes.length) throw new InputError('what was sent must be a packed model or data; it is too short');
  const start = byteOffset + aligned(4 + length);
  const json = new TextDecoder().decode(new Uint8Array(buffer, byteOffset + 4, length));
  return JSON.parse(json, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$array' in value)) return value;
    const { $array, at, length: numbers } = value as Placed;
    const Kind = arrays[$array];
    if (!Kind || start + at + numbers * Kind.BYTES_PER_ELEMENT > byteOffset + bytes.length)
      throw new InputError('what was sent must be a packed model or data; an array of it is not there');
    return new Kind(buffer as ArrayBuffer, start + at, numbers);
  });
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
