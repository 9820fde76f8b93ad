/** Fields of a message, as protocol buffers encode them, one after the other. */
export type Bytes = Uint8Array;

/** Wire types of the encoding. */
const [VARINT, FIXED_64, LENGTH, FIXED_32] = [0, 1, 2, 5];

/** A field of a whole number, at least 0 and at most 2^53. */
export function wholeNumber(field: number, value: number): Bytes {
  return Uint8Array.from([...tag(field, VARINT), ...varint(value)]);
}

/** A field of a number in 64 bits. */
export function double(field: number, value: number): Bytes {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return joined(tag(field, FIXED_64), bytes);
}

/** A field of a number in 32 bits, rounded. */
export function float(field: number, value: number): Bytes {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return joined(tag(field, FIXED_32), bytes);
}

/** A field of a text. */
export function text(field: number, value: string): Bytes {
  return bytes(field, Buffer.from(value));
}

/** A field of bytes. */
export function bytes(field: number, value: Bytes): Bytes {
  return joined(tag(field, LENGTH), varint(value.length), value);
}

/** A field of a message, of its fields. */
export function message(field: number, ...fields: readonly Bytes[]): Bytes {
  return bytes(field, joined(...fields));
}

/** Fields one after the other. */
export function joined(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part))));
}

function tag(field: number, type: number): number[] {
  return varint(field * 8 + type);
}

/** Seven bits per byte, the lowest first; the eighth bit says whether more follow. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
