import koffi from 'koffi';
import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { awaitedAtEnd } from './process-end.js';

/** The numbers of attribute types in TensorFlow's C API (`TF_AttrType`). */
export const AttributeType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, function: 8 } as const;

/** An attribute of an operation. */
export interface Attribute {
  readonly name: string;
  /** An {@link AttributeType}. */
  readonly type: number;
  /**
   * The value, or a list of values. A string is text or bytes; a type is the number of a data type; a shape is its
   * sizes, −1 where one is unknown, or null where the rank is; a function is its name.
   */
  readonly value: unknown;
}

type Shape = readonly number[] | null;
type Text = string | Uint8Array;
type Integer = number | bigint;

/** How to set attributes of one type on an operation. */
interface AttributeSetter {
  accepts(value: unknown): boolean;
  setOne(context: Context, op: Pointer, name: string, value: never): void;
  setList?(context: Context, op: Pointer, name: string, values: never): void;
}

const isText = (value: unknown) => typeof value === 'string' || value instanceof Uint8Array;
const isInteger = (value: unknown) => typeof value === 'bigint' || Number.isInteger(value);

const SETTERS: Readonly<Record<number, AttributeSetter>> = {
  [AttributeType.string]: {
    accepts: isText,
    setOne({ c }, op, name, value: Text) {
      const bytes = bytesOf(value);
      c.OpSetAttrString(op, name, bytes, bytes.length);
    },
    setList({ c }, op, name, values: Text[]) {
      const strings = values.map(bytesOf);
      const lengths = BigUint64Array.from(strings, ({ length }) => BigInt(length));
      c.OpSetAttrStringList(op, name, addresses(strings), lengths, strings.length);
    },
  },
  [AttributeType.int]: {
    accepts: isInteger,
    setOne({ c }, op, name, value: Integer) {
      c.OpSetAttrInt(op, name, value);
    },
    setList({ c }, op, name, values: Integer[]) {
      c.OpSetAttrIntList(op, name, BigInt64Array.from(values, BigInt), values.length);
    },
  },
  [AttributeType.float]: {
    accepts: (value) => typeof value === 'number',
    setOne({ c }, op, name, value: number) {
      c.OpSetAttrFloat(op, name, value);
    },
    setList({ c }, op, name, values: number[]) {
      c.OpSetAttrFloatList(op, name, Float32Array.from(values), values.length);
    },
  },
  [AttributeType.bool]: {
    accepts: (value) => typeof value === 'boolean',
    setOne({ c }, op, name, value: boolean) {
      c.OpSetAttrBool(op, name, Number(value));
    },
    setList({ c }, op, name, values: boolean[]) {
      c.OpSetAttrBoolList(op, name, Uint8Array.from(values, Number), values.length);
    },
  },
  [AttributeType.type]: {
    accepts: isInteger,
    setOne({ c }, op, name, value: Integer) {
      c.OpSetAttrType(op, name, Number(value));
    },
    setList({ c }, op, name, values: Integer[]) {
      c.OpSetAttrTypeList(op, name, Int32Array.from(values, Number), values.length);
    },
  },
  [AttributeType.shape]: {
    accepts: (value) => value === null || (Array.isArray(value) && value.every(Number.isInteger)),
    setOne({ c, status }, op, name, value: Shape) {
      c.OpSetAttrShape(op, name, sizesOf(value), rankOf(value), status.pointer);
      status.check();
    },
    setList({ c, status }, op, name, values: Shape[]) {
      const ranks = Int32Array.from(values, rankOf);
      c.OpSetAttrShapeList(op, name, addresses(values.map(sizesOf)), ranks, values.length, status.pointer);
      status.check();
    },
  },
  [AttributeType.function]: {
    accepts: isText,
    setOne({ c }, op, name, value: Text) {
      const bytes = bytesOf(value);
      c.OpSetAttrFunctionName(op, name, bytes, bytes.length);
    },
  },
};

/**
 * Sets an attribute of an operation that is being built. TensorFlow ignores attributes that the operation does not
 * have.
 *
 * @throws TypeError when the value is not of the attribute's type
 */
export function setAttribute(context: Context, op: Pointer, { name, type, value }: Attribute): void {
  const setter = SETTERS[type];
  if (!setter) {
    throw new TypeError(`type of attribute ${name} must be one of ${Object.keys(SETTERS).join(', ')}; got ${type}`);
  }
  if (setter.accepts(value)) setter.setOne(context, op, name, value as never);
  else if (setter.setList && Array.isArray(value) && value.every(setter.accepts)) {
    setter.setList(context, op, name, value as never);
  } else throw new TypeError(`attribute ${name} must be of type ${nameOfType(type)}; got ${shown(value)}`);
}

function nameOfType(type: number): string | undefined {
  return Object.entries(AttributeType).find(([, number]) => number === type)?.[0];
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

const addressOf = awaitedAtEnd((block: BigUint64Array): bigint => koffi.address(block));

/** An array of pointers to arrays, followed by the contents of these, which so live as long as the pointers. */
function addresses(arrays: readonly (Uint8Array | BigInt64Array)[]): BigUint64Array {
  const words = arrays.reduce((total, { byteLength }) => total + Math.ceil(byteLength / 8), 0);
  const block = new BigUint64Array(arrays.length + words);
  if (block.length === 0) return block;
  const start = addressOf(block);
  let word = arrays.length;
  for (const [i, { buffer, byteOffset, byteLength }] of arrays.entries()) {
    block[i] = start + BigInt(8 * word);
    new Uint8Array(block.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), 8 * word);
    word += Math.ceil(byteLength / 8);
  }
  return block;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? String(value);
}
