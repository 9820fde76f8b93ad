import { InputError, isObject } from '@lrfind/core';
import {
  concat,
  expandDims,
  gather,
  reshape,
  slice,
  squeeze,
  stack,
  type Tensor,
  tensor1d,
  transpose,
} from '@tensorflow/tfjs-core';
import { fromFront, notRows, type Operation, type Options, type Shape } from './operation-kinds.js';

const isWhole = (value: unknown) => Number.isInteger(value);
const isWholes = (value: unknown) => [value].flat().every(isWhole);
const lengths = (value: unknown) =>
  Array.isArray(value) && value.every((each) => each === null || (isWhole(each) && (each === -1 || each > 0)));

/** The shape that a reshape gives: all lengths but the first must be known from the input. */
function reshaped([rows, ...row]: Shape, { newshape }: Options): Shape {
  const [first, ...wanted] = newshape as (number | null)[];
  if (first != null && first !== -1) throw new InputError(`must keep the rows (-1 as its first length); got ${first}`);
  const size = row.reduce<number>((product, length) => product * (length ?? Number.NaN), 1);
  const known = wanted.reduce<number>((product, length) => product * (length && length > 0 ? length : 1), 1);
  const open = wanted.filter((length) => length === null || length === -1).length;
  if (!Number.isFinite(size) || open > 1 || (open === 1 ? size % known !== 0 : size !== known))
    throw new InputError(`must keep the ${size} numbers of a row; got the shape [${newshape?.join(', ')}]`);
  return [rows as number | null, ...wanted.map((length) => (length && length > 0 ? length : size / known))];
}

/** A part of `x[…]`: a number, a slice as start, stop and step, an ellipsis, or null for a new axis. */
type Index = number | null | 'ellipsis' | (number | null)[];

/**
 * The parts of `x[…]` without the names of Keras's classes, which TensorFlow.js's loader would write otherwise; undefined for what is
 * none.
 */
export function plainKey(key: unknown): Index[] | undefined {
  const found = (Array.isArray(key) ? key : [key]).map((part: unknown): Index | undefined => {
    if (part === null || isWhole(part)) return part as number | null;
    if (!isObject(part) || !isObject(part.config)) return undefined;
    if (part.class_name === '__ellipsis__') return 'ellipsis';
    const { start = null, stop = null, step = null } = part.config;
    const list = [start, stop, step] as (number | null)[];
    return part.class_name === '__slice__' && list.every((each) => each === null || isWhole(each)) ? list : undefined;
  });
  return found.some((part) => part === undefined) ? undefined : (found as Index[]);
}

interface Cut {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  /** The lengths of what is left, before axes go and come. */
  readonly kept: Shape;
  readonly shape: Shape;
}

/** What Python's indexing takes of a shape. */
function cutOf(shape: Shape, key: readonly Index[]): Cut {
  const isEllipsis = (each: Index) => each === 'ellipsis';
  const taken = key.filter((each) => each !== null && !isEllipsis(each)).length;
  const rest: Index[] = Array.from({ length: shape.length - taken }, () => [null, null, null]);
  if (taken > shape.length) throw new InputError(`must have at most ${shape.length} indices; got ${taken}`);
  const at = key.findIndex(isEllipsis);
  const all = at < 0 ? [...key, ...rest] : [...key.slice(0, at), ...rest, ...key.slice(at + 1)];
  const cut: Cut = { begin: [], end: [], strides: [], kept: [], shape: [] };
  for (const index of all) {
    if (index === 'ellipsis') throw new InputError('must have one ellipsis at most; got more');
    if (index === null) {
      cut.shape.push(1);
      continue;
    }
    const axis = cut.kept.length;
    const length = shape[axis] as number | null;
    const isSlice = typeof index !== 'number';
    const [start, stop, step] = isSlice ? index : [];
    const isAll = isSlice && start == null && stop == null && (step ?? 1) === 1;
    if (isAll) {
      put(cut, 0, length ?? -1, 1, length);
      cut.shape.push(length);
      continue;
    }
    if (axis === 0 || length === null)
      throw new InputError(`must take all of an axis whose length is open, such as that of the rows; got axis ${axis}`);
    if (!isSlice) {
      const found = index < 0 ? index + length : index;
      if (found < 0 || found >= length) throw new InputError(`must have an index within ${length}; got ${index}`);
      put(cut, found, found + 1, 1, 1);
      continue;
    }
    const by = step ?? 1;
    if (by < 1) throw new InputError(`must have a step of at least 1; got ${by}`);
    const bounded = (value: number) => Math.min(length, Math.max(0, value < 0 ? value + length : value));
    const [begin, end] = [bounded(start ?? 0), bounded(stop ?? length)];
    const left = Math.ceil((end - begin) / by);
    if (left < 1) throw new InputError(`must take at least one of axis ${axis}; got none`);
    put(cut, begin, end, by, left);
    cut.shape.push(left);
  }
  return cut;
}

function put(cut: Cut, begin: number, end: number, stride: number, kept: number | null): void {
  cut.begin.push(begin);
  cut.end.push(end);
  cut.strides.push(stride);
  cut.kept.push(kept);
}

/** Operations that move numbers without changing them, by Keras's class. */
export const shapeOperations: Readonly<Record<string, Operation>> = {
  GetItem: {
    arguments: 1,
    positional: ['key'],
    options: { key: (value) => plainKey(value) !== undefined },
    compute: ([given], { key }) => {
      const x = given as Tensor;
      const { begin, end, strides, shape } = cutOf([null, ...x.shape.slice(1)], key as Index[]);
      const rows = x.shape[0] as number;
      const size = x.shape.map((length, i) =>
        end[i] === -1 || i === 0 ? length : (end[i] as number) - (begin[i] as number),
      );
      // A strided slice has no gradient in TensorFlow.js.
      const part = strides.reduce(
        (left, step, axis) => {
          if (step === 1) return left;
          const places = Array.from({ length: Math.ceil((left.shape[axis] as number) / step) }, (_, i) => i * step);
          return gather(left, tensor1d(places, 'int32'), axis);
        },
        slice(x, begin, size),
      );
      return reshape(part, [rows, ...(shape.slice(1) as number[])]);
    },
    shape: ([shape], { key }) => cutOf(shape as Shape, key as Index[]).shape,
  },
  Reshape: {
    arguments: 1,
    positional: ['newshape'],
    options: { newshape: lengths },
    compute: ([x], options) => {
      const [, ...row] = reshaped((x as Tensor).shape, options) as number[];
      return reshape(x as Tensor, [(x as Tensor).shape[0] as number, ...row]);
    },
    shape: ([shape], options) => reshaped(shape as Shape, options),
  },
  Transpose: {
    arguments: 1,
    positional: ['axes'],
    options: { axes: isWholes },
    compute: ([x], { axes }) => transpose(x as Tensor, order((x as Tensor).rank, axes)),
    shape: ([shape], { axes }) => order((shape as Shape).length, axes).map((axis) => (shape as Shape)[axis] ?? null),
  },
  ExpandDims: {
    arguments: 1,
    positional: ['axis'],
    options: { axis: isWhole },
    compute: ([x], { axis }) => expandDims(x as Tensor, notRows(fromFront(axis as number, (x as Tensor).rank + 1))),
    shape: ([shape], { axis }) => {
      const given = shape as Shape;
      return given.toSpliced(notRows(fromFront(axis as number, given.length + 1)), 0, 1);
    },
  },
  Squeeze: {
    arguments: 1,
    positional: ['axis'],
    options: { axis: isWholes },
    compute: ([x], { axis }) => squeeze(x as Tensor, squeezed((x as Tensor).shape, axis)),
    shape: ([shape], { axis }) => {
      const axes = squeezed(shape as Shape, axis);
      return (shape as Shape).filter((_, i) => !axes.includes(i));
    },
  },
  Concatenate: {
    arguments: 'any',
    positional: ['axis'],
    options: { axis: isWhole },
    compute: (values, { axis = 0 }) => concat([...values], notRows(fromFront(axis as number, values[0]?.rank ?? 0))),
    shape: (shapes, { axis = 0 }) => {
      const [first = []] = shapes;
      const along = notRows(fromFront(axis as number, first.length));
      const total = shapes.reduce((sum, shape) => sum + (shape[along] ?? Number.NaN), 0);
      return first.with(along, Number.isNaN(total) ? null : total);
    },
  },
  Stack: {
    arguments: 'any',
    positional: ['axis'],
    options: { axis: isWhole },
    compute: (values, { axis = 0 }) =>
      stack([...values], notRows(fromFront(axis as number, (values[0]?.rank ?? 0) + 1))),
    shape: (shapes, { axis = 0 }) => {
      const [first = []] = shapes;
      return first.toSpliced(notRows(fromFront(axis as number, first.length + 1)), 0, shapes.length);
    },
  },
};

function order(rank: number, axes: Options['axes']): number[] {
  const found = axes?.map((axis) => fromFront(axis, rank)) ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (found.length !== rank || new Set(found).size !== rank || found[0] !== 0)
    throw new InputError(`must have each of its ${rank} axes once, that of the rows first; got [${found.join(', ')}]`);
  return found;
}

function squeezed(shape: Shape, axis: Options['axis']): number[] {
  const all = [...shape.keys()].slice(1).filter((each) => shape[each] === 1);
  const axes = axis === undefined ? all : [axis].flat().map((each) => fromFront(each, shape.length));
  const other = axes.find((each) => shape[each] !== 1);
  if (other !== undefined)
    throw new InputError(`must squeeze axes of length 1; got axis ${other} of [${shape.join(', ')}]`);
  return axes;
}
