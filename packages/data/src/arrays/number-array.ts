import { InputError } from '@lrfind/core';
import { rowSize } from '../shapes.js';

/** Numbers in one run, and the shape they have, rows first. */
export interface ShapedArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;
type NestedArray = readonly number[] | readonly TypedArray[] | readonly NestedArray[];

/** An array of numbers of any dimension, rows first; a typed array has one dimension. */
export type NumberArray = ShapedArray | TypedArray | NestedArray;

/** Whether a value is an array with its shape beside it. */
export function isShaped(value: unknown): value is ShapedArray {
  return typeof value === 'object' && value !== null && 'shape' in value && 'values' in value;
}

/**
 * Lays an array out row after row.
 *
 * @param name what to call it in messages
 * @param array the array; float32 and int32 values that already lie in one run are taken over, not copied
 * @returns its shape and values, all finite
 * @throws InputError naming the position (`xs[3][0]`) of a value that is no finite number, or where an array has
 *   another length or depth than its neighbours
 */
export function flatten(
  name: string,
  array: NumberArray,
): { shape: readonly number[]; values: Float32Array | Int32Array } {
  if (!isShaped(array) && !isList(array)) throw new InputError(`${name} is ${describe(array)}; an array is expected`);
  const { shape, values } = isShaped(array) ? array : laidOut(name, array);
  if (shape.length === 0)
    throw new InputError(`${name} is a single number; an array with a row for each record is expected`);
  if (shape[0] === 0) throw new InputError(`${name} has no rows`);
  if (values.length !== rowSize(shape))
    throw new InputError(
      `${name} has ${values.length} values, but its shape ${shape.join('×')} needs ${rowSize(shape)}`,
    );
  const kept = values instanceof Float32Array || values instanceof Int32Array ? values : Float32Array.from(values);
  const bad = kept.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new InputError(
      `${positionName(name, shape, bad)} is ${describe(values[bad])}; finite float32 numbers are expected`,
    );
  return { shape, values: kept };
}

/** `xs[3][0]` for the fourth row's first value. */
function positionName(name: string, shape: readonly number[], position: number): string {
  let rest = position;
  const indices = shape.toReversed().map((length) => {
    const index = rest % length;
    rest = (rest - index) / length;
    return `[${index}]`;
  });
  return name + indices.reverse().join('');
}

function laidOut(name: string, array: TypedArray | NestedArray): ShapedArray {
  if (ArrayBuffer.isView(array)) return { shape: [array.length], values: array };
  const shape: number[] = [];
  for (let level: unknown = array; isList(level); level = level[0]) shape.push(level.length);
  const values: number[] = [];
  collect(name, array, shape, 0, values);
  return { shape, values };
}

function collect(name: string, level: unknown, shape: readonly number[], depth: number, values: number[]): void {
  if (depth === shape.length) {
    if (typeof level !== 'number') throw new InputError(`${name} is ${describe(level)}; a number is expected`);
    values.push(level);
    return;
  }
  if (!isList(level)) throw new InputError(`${name} is ${describe(level)}; an array of ${shape[depth]} is expected`);
  if (level.length !== shape[depth])
    throw new InputError(`${name} has length ${level.length}, but those before it have ${shape[depth]}`);
  for (let i = 0; i < level.length; i++) collect(`${name}[${i}]`, level[i], shape, depth + 1, values);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (isList(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
