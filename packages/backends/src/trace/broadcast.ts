import { util } from '@tensorflow/tfjs-core';

/**
 * How an array is broadcast over a loop of `rows` × `columns` elements: not at all, as one row (`row`), as one number
 * per row (`column`), or as one number (`scalar`).
 */
export type Broadcast = 'none' | 'row' | 'column' | 'scalar';

/** How an operand is broadcast over the output of its kernel. */
export interface OperandBroadcast {
  readonly broadcast: Broadcast;
  /** The number of columns that the loop must have for this; undefined when any number will do. */
  readonly columns: number | undefined;
}

/**
 * How an operand is broadcast, in terms of rows and columns of the output.
 *
 * @returns undefined when no split into rows and columns describes it, as for [2, 1, 2] within [2, 3, 2]
 */
export function broadcastOf(operand: readonly number[], output: readonly number[]): OperandBroadcast | undefined {
  const size = util.sizeFromShape(operand as number[]);
  if (size === util.sizeFromShape(output as number[])) return { broadcast: 'none', columns: undefined };
  if (size === 1) return { broadcast: 'scalar', columns: undefined };
  const padded = [...new Array(output.length - operand.length).fill(1), ...operand];
  const equals = (from: number, to: number) => padded.slice(from, to).every((length, i) => length === output[from + i]);
  const isOnes = (from: number, to: number) => padded.slice(from, to).every((length) => length === 1);
  for (let axis = 1; axis < output.length; axis++) {
    const columns = util.sizeFromShape(output.slice(axis));
    if (isOnes(0, axis) && equals(axis, output.length)) return { broadcast: 'row', columns };
    if (equals(0, axis) && isOnes(axis, output.length)) return { broadcast: 'column', columns };
  }
  return undefined;
}
