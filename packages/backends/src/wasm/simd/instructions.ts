// WebAssembly's binary format, as far as loops over float32 arrays need it (WebAssembly Core Specification 2.0, chapter
// 5).

/** A piece of code, as bytes. */
export type Code = readonly number[];

/** An unsigned integer in LEB128. */
export function unsignedLeb128(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...unsignedLeb128(value >>> 7)] : [low];
}

/** A signed integer in LEB128, as `i32.const` takes it. */
export function signedLeb128(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const ends = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return ends ? [low] : [low | 0x80, ...signedLeb128(rest)];
}

/**
 * A vector: encoded items, preceded by their number. `concat` copies arrays whole, where `flat` looks at each byte: for the
 * loops of a training step it took 16 ms.
 */
export function vector(items: readonly Code[]): number[] {
  return unsignedLeb128(items.length).concat(...items);
}

/** Code preceded by its length in bytes. */
export function sizePrefixed(code: Code): number[] {
  return unsignedLeb128(code.length).concat(code);
}

/** The value type i32. */
export const I32 = 0x7f;
/** The value type f32. */
export const F32 = 0x7d;
/** The value type v128. */
export const V128 = 0x7b;

const VOID = 0x40;
/** The alignment of memory accesses, as a power of two: 4 bytes. */
const ALIGNMENT = 2;

/** `local.get`. */
export const get = (local: number): number[] => [0x20, ...unsignedLeb128(local)];
/** `local.set`. */
export const set = (local: number): number[] => [0x21, ...unsignedLeb128(local)];
/** `i32.const`. */
export const i32Const = (value: number): number[] => [0x41, ...signedLeb128(value)];
/** `i32.load` from the address on the stack plus an offset in bytes. */
export const load = (offset = 0): number[] => [0x28, ALIGNMENT, ...unsignedLeb128(offset)];
/** `i32.add`. */
export const add: Code = [0x6a];
/** `i32.sub`. */
export const subtract: Code = [0x6b];
/** `i32.mul`. */
export const multiply: Code = [0x6c];
/** `i32.div_u`. */
export const divide: Code = [0x6e];
/** `f32.convert_i32_u`. */
export const toFloat: Code = [0xb3];
/** `i32.and`. */
export const and: Code = [0x71];
/** `i32.shr_u`. */
export const shiftRight: Code = [0x76];
/** `select`: pops two values and an i32; pushes the first value where it is not 0, else the second. */
export const select: Code = [0x1b];
/** `i32.lt_u`. */
export const less: Code = [0x49];
/** `memory.copy` of a number of bytes: pops target, source and number. */
export const copyBytes: Code = [0xfc, 0x0a, 0, 0];
/** `memory.fill` of a number of bytes: pops target, value and number. */
export const fillBytes: Code = [0xfc, 0x0b, 0];
/** Calls the function of the same module with this index; its arguments are on the stack. */
export const call = (index: number): number[] => [0x10, ...unsignedLeb128(index)];
/** `i32.eqz`. */
export const isZero: Code = [0x45];
/** `i32.ne`. */
export const notEqual: Code = [0x47];
/** `i32.gt_u`. */
export const greater: Code = [0x4b];
/** `i32.ge_u`. */
export const greaterOrEqual: Code = [0x4f];

/** Adds the result of `by` to a local. */
export const increment = (local: number, by: Code): number[] => [...get(local), ...by, ...add, ...set(local)];

/** Repeats `body` until `done`, which pushes an i32, is not 0. Tests before each pass. */
export const loopUntil = (done: Code, body: Code): number[] => [
  ...[0x02, VOID],
  ...[0x03, VOID],
  ...[...done, 0x0d, 1],
  ...[...body, 0x0c, 0],
  ...[0x0b, 0x0b],
];

/** Repeats `body` while `condition`, which pushes an i32, is not 0. Tests after each pass. */
export const doWhile = (body: Code, condition: Code): number[] => [
  ...[0x03, VOID],
  ...[...body, ...condition, 0x0d, 0],
  0x0b,
];

/** Pops two vectors of four float32; pushes the four lanes with these indices, of which the second vector has those from 4 on. */
export const shuffle = (lanes: readonly number[]): number[] => [
  ...[0xfd, 0x0d],
  ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
];

/** Runs `then` where the i32 on the stack is not 0, else `otherwise`. */
export const ifElse = (then: Code, otherwise: Code): number[] => [0x04, VOID, ...then, 0x05, ...otherwise, 0x0b];

/** Repeats `body` as often as the local says, at least once. The local is 0 afterwards. */
export const times = (count: number, body: Code): number[] =>
  doWhile([...body, ...increment(count, i32Const(-1))], get(count));

/** Instructions on a single float32, or on a SIMD vector of four. */
export interface Lanes {
  /** The value type. */
  readonly type: number;
  /** The number of lanes. */
  readonly width: number;
  /** Loads from the address on the stack plus an offset in bytes. */
  readonly load: (offset?: number) => Code;
  /** Stores to the address on the stack plus an offset in bytes. */
  readonly store: (offset?: number) => Code;
  /** Loads one float32 into every lane. */
  readonly loadSplat: (offset?: number) => Code;
  /** Copies the float32 on the stack into every lane. */
  readonly splat: Code;
  readonly add: Code;
  readonly subtract: Code;
  readonly multiply: Code;
  readonly divide: Code;
  /** NaN when either operand is. */
  readonly minimum: Code;
  /** NaN when either operand is. */
  readonly maximum: Code;
  readonly absolute: Code;
  readonly negate: Code;
  readonly squareRoot: Code;
  readonly greater: Code;
  readonly greaterOrEqual: Code;
  readonly equal: Code;
  readonly notEqual: Code;
  /** The disjunction of two comparisons. */
  readonly or: Code;
  /** Pops two values and a comparison; pushes the first value where the comparison holds, else the second. */
  readonly select: Code;
}

const memory =
  (opcode: Code) =>
  (offset = 0): number[] => [...opcode, ALIGNMENT, ...unsignedLeb128(offset)];
const simd = (opcode: number): number[] => [0xfd, ...unsignedLeb128(opcode)];

/** A single float32. */
export const SCALAR: Lanes = {
  type: F32,
  width: 1,
  load: memory([0x2a]),
  store: memory([0x38]),
  loadSplat: memory([0x2a]),
  splat: [],
  add: [0x92],
  subtract: [0x93],
  multiply: [0x94],
  divide: [0x95],
  minimum: [0x96],
  maximum: [0x97],
  absolute: [0x8b],
  negate: [0x8c],
  squareRoot: [0x91],
  greater: [0x5e],
  greaterOrEqual: [0x60],
  equal: [0x5b],
  notEqual: [0x5c],
  or: [0x72],
  select: [0x1b],
};

/** A vector of four float32. */
export const VECTOR: Lanes = {
  type: V128,
  width: 4,
  load: memory(simd(0x00)),
  store: memory(simd(0x0b)),
  loadSplat: memory(simd(0x09)),
  splat: simd(0x13),
  add: simd(0xe4),
  subtract: simd(0xe5),
  multiply: simd(0xe6),
  divide: simd(0xe7),
  minimum: simd(0xe8),
  maximum: simd(0xe9),
  absolute: simd(0xe0),
  negate: simd(0xe1),
  squareRoot: simd(0xe3),
  greater: simd(0x44),
  greaterOrEqual: simd(0x46),
  equal: simd(0x41),
  notEqual: simd(0x42),
  or: simd(0x50),
  select: simd(0x52),
};

/** Pushes a number in every lane. */
export function constant(lanes: Lanes, value: number): number[] {
  return [0x43, ...new Uint8Array(new Float32Array([value]).buffer), ...lanes.splat];
}
