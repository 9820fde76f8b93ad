import { counted, InputError } from '@lrfind/core';
import { rowSize } from '../shapes.js';

/** Numbers in one flat array, and their shape. */
export interface ShapedArray {
  /** Rows first. */
  readonly shape: readonly number[];
  /** As many as the product of the shape, row-major. */
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

/** Whether a value is a flat array with its shape. */
export function isShaped(value: unknown): value is ShapedArray {
  return typeof value === 'object' && value !== null && 'shape' in value && 'values' in value;
}

/**
 * Flattens an array row by row.
 *
 * @param name what messages call it
 * @param array the array; Float32Array and Int32Array values that are flat already are used as they are, not copied
 * @returns its shape and values, all finite
 * @throws InputError naming the position (`xs[3][0]`) of a value that is not a finite number, or of a nested array
 *   whose length or depth differs from that of its neighbours
 */
export function flatten(
  name: string,
  array: NumberArray,
): { shape: readonly number[]; values: Float32Array | Int32Array } {
  if (!isShaped(array) && !isList(array)) throw new InputError(`${name} must be an array; got ${describe(array)}`);
  const { shape, values } = isShaped(array) ? array : withShape(name, array);
  if (shape.length === 0)
    throw new InputError(`${name} must be an array with an entry for each row; got a single number`);
  if (shape[0] === 0) throw new InputError(`${name} must have at least one row; got none`);
  if (values.length !== rowSize(shape))
    throw new InputError(
      `${name} must have ${counted(rowSize(shape), 'value')} for its shape ${shape.join('×')}; got ${values.length}`,
    );
  const kept = values instanceof Float32Array || values instanceof Int32Array ? values : Float32Array.from(values);
  const bad = kept.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new InputError(
      `${positionName(name, shape, bad)} must be a finite float32 number; got ${describe(values[bad])}`,
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

function withShape(name: string, array: TypedArray | NestedArray): ShapedArray {
  if (ArrayBuffer.isView(array)) return { shape: [array.length], values: array };
  const shape: number[] = [];
  for (let level: unknown = array; isList(level); level = level[0]) shape.push(level.length);
  const values: number[] = [];
  collect(name, array, shape, 0, values);
  return { shape, values };
}

function collect(name: string, level: unknown, shape: readonly number[], depth: number, values: number[]): void {
  if (depth === shape.length) {
    if (typeof level !== 'number') throw new InputError(`${name} must be a number; got ${describe(level)}`);
    values.push(level);
    return;
  }
  if (!isList(level))
    throw new InputError(`${name} must be an array of length ${shape[depth]}; got ${describe(level)}`);
  if (level.length !== shape[depth])
    throw new InputError(`${name} must have length ${shape[depth]}, as those before it; got ${level.length}`);
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
