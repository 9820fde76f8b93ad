import { InputError } from '@lrfind/core';
import {
  cast,
  cumsum,
  gather,
  mirrorPad,
  oneHot,
  pad,
  reshape,
  split,
  squeeze,
  type Tensor,
  tensor1d,
  tile,
  transpose,
} from '@tensorflow/tfjs-core';
import { withoutGradient } from './elementwise-operations.js';
import { fromFront, isAxes, notRows, type Operation, type Shape } from './operation-kinds.js';

const isWhole = (value: unknown) => Number.isInteger(value);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0;
const isCounts = (value: unknown) => [value].flat().every(isCount);
/** An array in the configuration has at most this many numbers; a file may ask for any. */
const MOST_LENGTH = 2 ** 24;

/** The length of an axis that must be known. */
function lengthOf(shape: Shape, axis: number): number {
  const length = shape[axis];
  if (length == null) throw new InputError(`must have a known length along axis ${axis}; got an open one`);
  return length;
}

function bounded(shape: Shape): Shape {
  const size = shape.reduce<number>((product, length) => product * (length ?? 1), 1);
  if (size > MOST_LENGTH) throw new InputError(`must give at most ${MOST_LENGTH} numbers for a row; got ${size}`);
  return shape;
}

/** The order of axes after some have moved. */
function movedAxes(rank: number, from: unknown, to: unknown): number[] {
  const sources = [from].flat().map((axis) => fromFront(axis as number, rank));
  const places = [to].flat().map((axis) => fromFront(axis as number, rank));
  if (sources.length !== places.length || new Set(places).size !== places.length)
    throw new InputError('must move each axis to a place of its own; got others');
  if (sources.some((axis, i) => (axis === 0) !== (places[i] === 0)))
    throw new InputError('must leave the axis of the rows as it is; got it as axis');
  const others = Array.from({ length: rank }, (_, i) => i).filter((axis) => !sources.includes(axis));
  return Array.from({ length: rank }, (_, i) => {
    const at = places.indexOf(i);
    return at >= 0 ? (sources[at] as number) : (others.shift() as number);
  });
}

const permuted = (
  names: readonly [string, string],
  order: (rank: number, a: unknown, b: unknown) => number[],
): Operation => ({
  arguments: 1,
  positional: names,
  options: { [names[0]]: isAxes, [names[1]]: isAxes },
  compute: ([x], options) => transpose(x as Tensor, order((x as Tensor).rank, options[names[0]], options[names[1]])),
  shape: ([shape = []], options) =>
    order(shape.length, options[names[0]], options[names[1]]).map((axis) => shape[axis] ?? null),
});

/** The places of an axis in another order, or some of them; a gather, because its gradient is known on every backend. */
const picked = (x: Tensor, axis: number, places: readonly number[]) => gather(x, tensor1d([...places], 'int32'), axis);

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** What pads each axis before and behind. */
function margins(rank: number, width: unknown): [number, number][] {
  const list = Array.isArray(width) ? width : [width];
  const pairs = list.map((each) => [each].flat() as number[]).map(([a = 0, b = a]) => [a, b] as [number, number]);
  const all = pairs.length === 1 ? Array<[number, number]>(rank).fill(pairs[0] as [number, number]) : pairs;
  if (all.length !== rank) throw new InputError(`must pad each of its ${rank} axes; got ${all.length}`);
  if (all[0]?.some((each) => each !== 0)) throw new InputError('must not pad the axis of the rows; got a width for it');
  return all;
}

const isWidths = (value: unknown) =>
  [value].flat(2).every((each) => Number.isInteger(each) && (each as number) >= 0 && (each as number) <= 10_000);

/** Where an axis is cut. */
function cuts(length: number, sections: unknown): number[] {
  if (Array.isArray(sections)) {
    const ends = [...(sections as number[]), length];
    return ends.map((end, i) => end - (ends[i - 1] ?? 0));
  }
  if (length % (sections as number) !== 0)
    throw new InputError(`must split ${length} into equal parts; got ${sections} parts`);
  return Array<number>(sections as number).fill(length / (sections as number));
}

/** Operations that copy, order or cut arrays, by Keras's class. */
export const arrayOperations: Readonly<Record<string, Operation>> = {
  Swapaxes: permuted(['axis1', 'axis2'], (rank, a, b) => movedAxes(rank, [a, b], [b, a])),
  Moveaxis: permuted(['source', 'destination'], movedAxes),
  Flip: {
    arguments: 1,
    positional: ['axis'],
    options: { axis: isAxes },
    compute: ([x], { axis }) =>
      [axis ?? []].flat().reduce((left, each) => {
        const along = fromFront(each, left.rank);
        return picked(left, along, range(left.shape[along] as number).reverse());
      }, x as Tensor),
    shape: ([shape = []], { axis }) => {
      if (axis === undefined) throw new InputError('must have an axis; got none, which would turn the rows around');
      for (const each of [axis].flat()) lengthOf(shape, notRows(fromFront(each, shape.length)));
      return shape;
    },
  },
  Roll: {
    arguments: 1,
    positional: ['shift', 'axis'],
    options: { shift: isWhole, axis: isWhole },
    compute: ([given], { shift, axis }) => {
      const x = given as Tensor;
      const along = fromFront(axis as number, x.rank);
      const length = x.shape[along] as number;
      return picked(
        x,
        along,
        range(length).map((i) => (((i - (shift as number)) % length) + length) % length),
      );
    },
    shape: ([shape = []], { axis }) => {
      if (axis === undefined) throw new InputError('must have an axis; got none');
      lengthOf(shape, notRows(fromFront(axis as number, shape.length)));
      return shape;
    },
  },
  Repeat: {
    arguments: 1,
    positional: ['repeats', 'axis'],
    options: { repeats: isCount, axis: isWhole },
    compute: ([given], { repeats, axis }) => {
      const x = given as Tensor;
      const along = fromFront(axis as number, x.rank);
      const before = x.shape.slice(0, along + 1).reduce((size, length) => size * length, 1);
      const times = repeats as number;
      const copied = tile(reshape(x, [before, 1, x.size / before]), [1, times, 1]);
      return reshape(copied, x.shape.with(along, (x.shape[along] as number) * times));
    },
    shape: ([shape = []], { repeats, axis }) => {
      if (axis === undefined) throw new InputError('must have an axis; got none');
      const along = notRows(fromFront(axis as number, shape.length));
      return bounded(shape.with(along, lengthOf(shape, along) * (repeats as number)));
    },
  },
  Tile: {
    arguments: 1,
    positional: ['repeats'],
    options: { repeats: isCounts },
    compute: ([x], { repeats }) => tile(x as Tensor, times(repeats, (x as Tensor).rank)),
    shape: ([shape = []], { repeats }) => {
      const each = times(repeats, shape.length);
      return bounded(shape.map((length, i) => (length === null ? null : length * (each[i] as number))));
    },
  },
  Pad: {
    arguments: 1,
    positional: ['pad_width', 'mode', 'constant_values'],
    options: {
      pad_width: isWidths,
      mode: (value) => ['constant', 'reflect', 'symmetric'].includes(value as string),
      constant_values: (value) => typeof value === 'number',
    },
    compute: ([x], { pad_width: width, mode = 'constant', constant_values: value = 0 }) => {
      const pairs = margins((x as Tensor).rank, width);
      return mode === 'constant'
        ? pad(x as Tensor, pairs, value as number)
        : mirrorPad(x as Tensor, pairs, mode as 'reflect' | 'symmetric');
    },
    shape: ([shape = []], { pad_width: width }) =>
      bounded(
        margins(shape.length, width).map(([before, behind], i) =>
          shape[i] == null ? null : (shape[i] as number) + before + behind,
        ),
      ),
  },
  Cumsum: {
    arguments: 1,
    positional: ['axis'],
    options: { axis: isWhole },
    compute: ([given], { axis }) => {
      const x = given as Tensor;
      // Along another axis than the last one TensorFlow.js's gradient has the wrong shape.
      const order = movedAxes(x.rank, axis, -1);
      return transpose(cumsum(transpose(x, order), x.rank - 1), movedAxes(x.rank, -1, axis));
    },
    shape: ([shape = []], { axis }) => {
      if (axis === undefined) throw new InputError('must have an axis; got none');
      notRows(fromFront(axis as number, shape.length));
      return shape;
    },
  },
  OneHot: {
    arguments: 1,
    module: 'nn',
    positional: ['num_classes', 'axis'],
    options: { num_classes: isCount, axis: (value) => value === -1 },
    compute: ([x], { num_classes: count }) =>
      withoutGradient((ids) => oneHot(cast(ids, 'int32'), count as number), x as Tensor),
    shape: ([shape = []], { num_classes: count }) => bounded([...shape, count as number]),
  },
  Split: {
    arguments: 1,
    positional: ['indices_or_sections', 'axis'],
    options: { indices_or_sections: isCounts, axis: isWhole },
    compute: ([given], { indices_or_sections: sections, axis = 0 }) => {
      const x = given as Tensor;
      const along = fromFront(axis as number, x.rank);
      return split(x, cuts(x.shape[along] as number, sections), along);
    },
    shape: ([shape = []], { indices_or_sections: sections, axis = 0 }) => {
      const along = notRows(fromFront(axis as number, shape.length));
      return cuts(lengthOf(shape, along), sections).map((length) => {
        if (length < 1) throw new InputError('must give parts of at least one place; got an empty one');
        return shape.with(along, length);
      });
    },
  },
  Unstack: {
    arguments: 1,
    module: 'core',
    positional: ['num', 'axis'],
    options: { num: isCount, axis: isWhole },
    compute: ([given], { axis = 0 }) => {
      const x = given as Tensor;
      const along = fromFront(axis as number, x.rank);
      return split(x, x.shape[along] as number, along).map((part) => squeeze(part, [along]));
    },
    shape: ([shape = []], { axis = 0 }) => {
      const along = notRows(fromFront(axis as number, shape.length));
      const count = lengthOf(shape, along);
      if (count > 1000) throw new InputError(`must unstack at most 1000 places; got ${count}`);
      return range(count).map(() => shape.toSpliced(along, 1));
    },
  },
};

function times(repeats: unknown, rank: number): number[] {
  const list = [repeats].flat() as number[];
  if (list.length > rank) throw new InputError(`must repeat at most ${rank} axes; got ${list.length}`);
  const all = [...Array<number>(rank - list.length).fill(1), ...list];
  if (all[0] !== 1) throw new InputError('must not repeat the rows; got a number for them');
  return all;
}
