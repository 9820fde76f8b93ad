import type { Dataset } from '../src/dataset.js';

/** Whole numbers in ascending order. */
export const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => i + from);

/** A dataset whose input (two numbers) and target (one number) show which row they are from. */
export const dataset = (rows: number, from: number, whole = false): Dataset => ({
  rows,
  inputs: [
    { shape: [2], values: Float32Array.from({ length: 2 * rows }, (_, i) => from + i / 2), columns: ['a', 'b'] },
  ],
  targets: [{ shape: [], values: (whole ? Int32Array : Float32Array).from(upTo(rows, from)) }],
  notes: [`from ${from}`],
});
