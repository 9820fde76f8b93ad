import koffi from 'koffi';
import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';

/** The numbers by which TensorFlow's C API names kinds of attributes (`TF_AttrType`). */
export const AttributeType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, function: 8 } as const;

/** An attribute of an operation: its name, an {@link AttributeType}, and its value or list of values. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  /**
   * Of a string, its text or bytes; of a type, the number of a data type; of a shape, its sizes, −1 where one is not
   * known, or null when not even their number is; of a function, its name.
   */
  readonly value: unknown;
}

type Shape = readonly number[] | null;
type Text = string | Uint8Array;
type Integer = number | bigint;

/** How attributes of one kind are recognised, and set on an operation. */
interface Kind {
  is(value: unknown): boolean;
  one(context: Context, op: Pointer, name: string, value: never): void;
  list?(context: Context, op: Pointer, name: string, values: never): void;
}

const isText = (value: unknown) => typeof value === 'string' || value instanceof Uint8Array;
const isInteger = (value: unknown) => typeof value === 'bigint' || Number.isInteger(value);

const KINDS: Readonly<Record<number, Kind>> = {
  [AttributeType.string]: {
    is: isText,
    one({ c }, op, name, value: Text) {
      const bytes = bytesOf(value);
      c.OpSetAttrString(op, name, bytes, bytes.length);
    },
    list({ c }, op, name, values: Text[]) {
      const strings = values.map(bytesOf);
      const lengths = BigUint64Array.from(strings, ({ length }) => BigInt(length));
      c.OpSetAttrStringList(op, name, addresses(strings), lengths, strings.length);
    },
  },
  [AttributeType.int]: {
    is: isInteger,
    one({ c }, op, name, value: Integer) {
      c.OpSetAttrInt(op, name, value);
    },
    list({ c }, op, name, values: Integer[]) {
      c.OpSetAttrIntList(op, name, BigInt64Array.from(values, BigInt), values.length);
    },
  },
  [AttributeType.float]: {
    is: (value) => typeof value === 'number',
    one({ c }, op, name, value: number) {
      c.OpSetAttrFloat(op, name, value);
    },
    list({ c }, op, name, values: number[]) {
      c.OpSetAttrFloatList(op, name, Float32Array.from(values), values.length);
    },
  },
  [AttributeType.bool]: {
    is: (value) => typeof value === 'boolean',
    one({ c }, op, name, value: boolean) {
      c.OpSetAttrBool(op, name, Number(value));
    },
    list({ c }, op, name, values: boolean[]) {
      c.OpSetAttrBoolList(op, name, Uint8Array.from(values, Number), values.length);
    },
  },
  [AttributeType.type]: {
    is: isInteger,
    one({ c }, op, name, value: Integer) {
      c.OpSetAttrType(op, name, Number(value));
    },
    list({ c }, op, name, values: Integer[]) {
      c.OpSetAttrTypeList(op, name, Int32Array.from(values, Number), values.length);
    },
  },
  [AttributeType.shape]: {
    is: (value) => value === null || (Array.isArray(value) && value.every(Number.isInteger)),
    one({ c, status }, op, name, value: Shape) {
      c.OpSetAttrShape(op, name, sizesOf(value), rankOf(value), status.pointer);
      status.check();
    },
    list({ c, status }, op, name, values: Shape[]) {
      const ranks = Int32Array.from(values, rankOf);
      c.OpSetAttrShapeList(op, name, addresses(values.map(sizesOf)), ranks, values.length, status.pointer);
      status.check();
    },
  },
  [AttributeType.function]: {
    is: isText,
    one({ c }, op, name, value: Text) {
      const bytes = bytesOf(value);
      c.OpSetAttrFunctionName(op, name, bytes, bytes.length);
    },
  },
};

/**
 * Sets an attribute of an operation that is being made; one that it does not have is passed over.
 *
 * @throws TypeError when the value is not of the attribute's kind
 */
export function setAttribute(context: Context, op: Pointer, { name, type, value }: Attribute): void {
  const kind = KINDS[type];
  if (!kind) throw new TypeError(`attribute ${name}: there are no attributes of type ${type}`);
  if (kind.is(value)) kind.one(context, op, name, value as never);
  else if (kind.list && Array.isArray(value) && value.every(kind.is)) kind.list(context, op, name, value as never);
  else throw new TypeError(`attribute ${name}: ${show(value)} is not of type ${type}`);
}

function bytesOf(text: Text): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text;
}

function sizesOf(shape: Shape): BigInt64Array {
  return BigInt64Array.from(shape ?? [], BigInt);
}

function rankOf(shape: Shape): number {
  return shape?.length ?? -1;
}

/** Where arrays lie in memory, and after that what they hold, which so lives as long as the addresses. */
function addresses(arrays: readonly (Uint8Array | BigInt64Array)[]): BigUint64Array {
  const words = arrays.reduce((total, { byteLength }) => total + Math.ceil(byteLength / 8), 0);
  const block = new BigUint64Array(arrays.length + words);
  if (block.length === 0) return block;
  const start = koffi.address(block);
  let word = arrays.length;
  for (const [i, { buffer, byteOffset, byteLength }] of arrays.entries()) {
    block[i] = start + BigInt(8 * word);
    new Uint8Array(block.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), 8 * word);
    word += Math.ceil(byteLength / 8);
  }
  return block;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? String(value);
}
