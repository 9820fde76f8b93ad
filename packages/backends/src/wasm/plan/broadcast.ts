import { util } from '@tensorflow/tfjs-core';
import type { Reach } from './loop.js';

/** How an operand is read by a loop over its kernel's output. */
export interface OperandReach {
  readonly reach: Reach;
  /** The length of the loop's rows that this needs; undefined when any will do. */
  readonly columns: number | undefined;
}

/**
 * How an operand is broadcast, in terms of rows and columns of the output.
 *
 * @returns undefined when no split into rows and columns explains it, as for [2, 1, 2] within [2, 3, 2]
 */
export function reachOf(operand: readonly number[], output: readonly number[]): OperandReach | undefined {
  const size = util.sizeFromShape(operand as number[]);
  if (size === util.sizeFromShape(output as number[])) return { reach: 'all', columns: undefined };
  if (size === 1) return { reach: 'scalar', columns: undefined };
  const padded = [...new Array(output.length - operand.length).fill(1), ...operand];
  const agrees = (from: number, to: number) => padded.slice(from, to).every((length, i) => length === output[from + i]);
  const once = (from: number, to: number) => padded.slice(from, to).every((length) => length === 1);
  for (let axis = 1; axis < output.length; axis++) {
    const columns = util.sizeFromShape(output.slice(axis));
    if (once(0, axis) && agrees(axis, output.length)) return { reach: 'row', columns };
    if (agrees(0, axis) && once(axis, output.length)) return { reach: 'column', columns };
  }
  return undefined;
}
