import { InputError } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A shape with the batch first; an open length is null. */
export type Shape = (number | null)[];

/** The part of `keras.src.ops` that has an operation. */
export type OperationModule = 'numpy' | 'nn' | 'math' | 'core' | 'linalg';

/** An operation of Keras: what `x + y` is in a functional model. */
export interface Operation {
  /** How many tensors and numbers it takes; `any` for a list of tensors. */
  readonly arguments: number | 'any';
  /** Where Keras has it. Default: `numpy`. */
  readonly module?: OperationModule;
  /** The options that a call may give without their names, in order, behind the tensors. Default: none. */
  readonly positional?: readonly string[];
  /** What it takes besides, and what that may be. */
  readonly options?: Readonly<Record<string, (value: unknown) => boolean>>;
  /** One tensor, or all that an operation such as `split` gives. */
  readonly compute: (values: readonly Tensor[], options: Options) => Tensor | Tensor[];
  readonly shape: (shapes: readonly Shape[], options: Options) => Shape | Shape[];
}

/** Which axes are reduced, all by default, and whether they stay with a length of 1; what other operations take. */
export interface Options {
  readonly axis?: number | number[];
  readonly axes?: number[];
  readonly newshape?: (number | null)[];
  /** What is between the brackets of `x[…]`. */
  readonly key?: unknown;
  readonly keepdims?: boolean;
  readonly [option: string]: unknown;
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

/** Axes counted from the front; all of them without any. */
export function axesIn(rank: number, axis: Options['axis']): number[] {
  const axes = axis === undefined ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  const found = axes.map((each) => (each < 0 ? each + rank : each));
  const wrong = found.findIndex((each) => each < 0 || each >= rank);
  if (wrong >= 0) throw new InputError(`must have axes among its ${rank}; got ${axes[wrong]}`);
  return found;
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axesIn(rank, axis)[0] as number;
}

/** The rows of a batch stay where they are. */
export function notRows(axis: number): number {
  if (axis === 0) throw new InputError('must leave the axis of the rows as it is; got it as axis');
  return axis;
}

/** Whether a value is an axis or a list of them. */
export const isAxes = (value: unknown) => [value].flat().every((axis) => Number.isInteger(axis));
/** Whether a value is true or false. */
export const isFlag = (value: unknown) => typeof value === 'boolean';
