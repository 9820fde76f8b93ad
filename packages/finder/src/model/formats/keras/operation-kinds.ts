import { InputError } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A shape with the batch first; an open length is null. */
export type Shape = (number | null)[];

/** An operation of Keras: what `x + y` is in a functional model. */
export interface Operation {
  /** How many tensors and numbers it takes; `any` for a list of tensors. */
  readonly arguments: number | 'any';
  /** The options that a call may give without their names, in order, behind the tensors. Default: none. */
  readonly positional?: readonly string[];
  /** What it takes besides, and what that may be. */
  readonly options?: Readonly<Record<string, (value: unknown) => boolean>>;
  readonly compute: (values: readonly Tensor[], options: Options) => Tensor;
  readonly shape: (shapes: readonly Shape[], options: Options) => Shape;
}

/** Which axes are reduced, all by default, and whether they stay with a length of 1; what operations that move numbers take. */
export interface Options {
  readonly axis?: number | number[];
  readonly axes?: number[];
  readonly newshape?: (number | null)[];
  /** What is between the brackets of `x[…]`. */
  readonly key?: unknown;
  readonly keepdims?: boolean;
  readonly dtype?: string;
  readonly x_min?: number;
  readonly x_max?: number;
  readonly xMin?: number;
  readonly xMax?: number;
  readonly alpha?: number;
}

const isAxes = (value: unknown) => [value].flat().every((axis) => Number.isInteger(axis));
const isFlag = (value: unknown) => typeof value === 'boolean';

/** An operation of two tensors whose shapes fit together. */
export const binary = (compute: (a: Tensor, b: Tensor) => Tensor): Operation => ({
  arguments: 2,
  compute: ([a, b]) => compute(a as Tensor, b as Tensor),
  shape: ([a, b]) => broadcast(a as Shape, b as Shape),
});

/** An operation of a tensor whose shape stays. */
export const unary = (compute: (x: Tensor) => Tensor): Operation => ({
  arguments: 1,
  compute: ([x]) => compute(x as Tensor),
  shape: ([x]) => x as Shape,
});

/** An operation along axes of a tensor, all of them by default. */
export const reduction = (compute: (x: Tensor, axes?: number | number[], keep?: boolean) => Tensor): Operation => ({
  arguments: 1,
  positional: ['axis'],
  options: { axis: isAxes, keepdims: isFlag },
  compute: ([x], { axis, keepdims }) => compute(x as Tensor, axis, keepdims),
  shape: ([x], { axis, keepdims }) => {
    const shape = x as Shape;
    const all = shape.map((_, i) => i);
    const axes = axis === undefined ? all : [axis].flat().map((each) => (each < 0 ? each + shape.length : each));
    if (axes.includes(0)) throw new InputError('must leave the axis of the rows as it is; got it among axis');
    return shape.flatMap((length, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [length]));
  },
});

/** The axes of a tensor that an option names, counted from the front; all of them without one. */
export function axesIn({ rank }: Tensor, axis: Options['axis']): number[] {
  const axes = axis === undefined ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  return axes.map((each) => (each < 0 ? each + rank : each));
}

/** NumPy's rule; an open length stays open. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [one = 1, other = 1] = [a[i - rank + a.length], b[i - rank + b.length]];
    if (one === other || other === 1) return one;
    if (one === 1) return other;
    if (one === null || other === null) return one ?? other;
    throw new InputError(`must get shapes that fit together; got [${a.join(', ')}] and [${b.join(', ')}]`);
  });
}
