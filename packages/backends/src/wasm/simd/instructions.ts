/** WebAssembly's binary encoding, as far as loops over float32 arrays need it (WebAssembly Core Specification 2.0, 5). */

/** A piece of code. */
export type Code = readonly number[];

/** An unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...unsigned(value >>> 7)] : [low];
}

/** A signed number in LEB128, as `i32.const` takes it. */
export function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const ends = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return ends ? [low] : [low | 0x80, ...signed(rest)];
}

/** A list of encoded items, led by their number. */
export function list(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** A piece of code led by its length in bytes. */
export function sized(code: Code): number[] {
  return [...unsigned(code.length), ...code];
}

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

const VOID = 0x40;
const WORD_ALIGNED = 2;

export const get = (local: number): number[] => [0x20, ...unsigned(local)];
export const set = (local: number): number[] => [0x21, ...unsigned(local)];
export const integer = (value: number): number[] => [0x41, ...signed(value)];
export const add: Code = [0x6a];
export const multiply: Code = [0x6c];
export const and: Code = [0x71];
export const isZero: Code = [0x45];
export const differs: Code = [0x47];
export const above: Code = [0x4b];
export const atLeast: Code = [0x4f];

/** Adds a number of bytes, or of anything, to a local. */
export const advance = (local: number, by: Code): number[] => [...get(local), ...by, ...add, ...set(local)];

/** Repeats `body` until `done`, which leaves an i32 on the stack, is not 0. */
export const until = (done: Code, body: Code): number[] => [
  ...[0x02, VOID],
  ...[0x03, VOID],
  ...[...done, 0x0d, 1],
  ...[...body, 0x0c, 0],
  ...[0x0b, 0x0b],
];

/** Does `body`, and again as long as `condition`, which leaves an i32 on the stack, is not 0. */
export const doWhile = (body: Code, condition: Code): number[] => [
  ...[0x03, VOID],
  ...[...body, ...condition, 0x0d, 0],
  0x0b,
];

/** The instructions of one float32, or of four side by side; the names are those of the arithmetic. */
export interface Lanes {
  readonly type: number;
  readonly width: number;
  /** From so many bytes behind the address on the stack. */
  readonly load: (offset?: number) => Code;
  readonly store: (offset?: number) => Code;
  /** One float32, from so many bytes behind the address on the stack, in every lane. */
  readonly loadSpread: (offset?: number) => Code;
  /** What makes the lanes from one float32 on the stack. */
  readonly spread: Code;
  readonly add: Code;
  readonly subtract: Code;
  readonly multiply: Code;
  readonly divide: Code;
  /** NaN when either is. */
  readonly minimum: Code;
  readonly maximum: Code;
  readonly absolute: Code;
  readonly negate: Code;
  readonly squareRoot: Code;
  readonly greater: Code;
  readonly atLeast: Code;
  readonly equal: Code;
  readonly differs: Code;
  /** Of two comparisons. */
  readonly or: Code;
  /** From two values and a comparison on the stack: the first where it holds, the second elsewhere. */
  readonly select: Code;
}

const memory =
  (opcode: Code) =>
  (offset = 0): number[] => [...opcode, WORD_ALIGNED, ...unsigned(offset)];
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];

/** One float32. */
export const ONE: Lanes = {
  type: F32,
  width: 1,
  load: memory([0x2a]),
  store: memory([0x38]),
  loadSpread: memory([0x2a]),
  spread: [],
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
  atLeast: [0x60],
  equal: [0x5b],
  differs: [0x5c],
  or: [0x72],
  select: [0x1b],
};

/** Four float32, side by side. */
export const FOUR: Lanes = {
  type: V128,
  width: 4,
  load: memory(simd(0x00)),
  store: memory(simd(0x0b)),
  loadSpread: memory(simd(0x09)),
  spread: simd(0x13),
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
  atLeast: simd(0x46),
  equal: simd(0x41),
  differs: simd(0x42),
  or: simd(0x50),
  select: simd(0x52),
};

/** A number in every lane. */
export function constant(lanes: Lanes, value: number): number[] {
  return [0x43, ...new Uint8Array(new Float32Array([value]).buffer), ...lanes.spread];
}
