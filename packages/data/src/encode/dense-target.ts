import { counted, InputError, quotedList } from '@lrfind/core';
import { shownLabel } from './class-labels.js';
import type { TargetColumn } from './target-column.js';
import type { TargetKind } from './target-kind.js';

/** The values that each kind of target may have, in words and as a test. */
const allowedValues: Readonly<Record<string, readonly [words: string, test: (value: number) => boolean]>> = {
  distribution: ['a probability from 0 to 1', (value) => value >= 0 && value <= 1],
  probability: ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
  sign: ['-1 or 1, or 0 or 1 throughout', (value) => value === -1 || value === 1],
  'non-negative': ['a number at least 0', (value) => value >= 0],
  number: ['a number that float32 can hold', () => true],
};

/** The sum of a row's probabilities may differ from 1 by this much. */
const SUM_TOLERANCE = 1e-3;

/** The kinds of targets that have a number for each unit. */
export type DenseKind = Exclude<TargetKind, 'label' | 'label-or-distribution'>;

/**
 * Plans how columns become numbers. Two words become 0 and 1, or −1 and 1 for a loss that needs signs. Zeros become −1
 * for such a loss if the column holds only 0 and 1.
 *
 * @param columns one for each unit
 * @param rows the number of usable rows
 * @param kind what the loss needs
 * @returns what will be mapped, in sentences, and the classes if there is a single column and it holds words
 * @throws InputError for a column with one word, or with three or more
 */
export function denseMapping(
  columns: readonly TargetColumn[],
  rows: number,
  kind: DenseKind,
): { readonly notes: readonly string[]; readonly classes?: readonly string[] } {
  const notes = columns.flatMap((column) => {
    const { categories, name } = column;
    if (!categories) return isZeroOrOne(column, rows, kind) ? [`0 in target "${name}" became -1`] : [];
    if (categories.length === 2)
      return [`labels of "${name}" became numbers: ${categories[0]} → ${lowest(kind)}, ${categories[1]} → 1`];
    throw new InputError(
      `target "${name}" must hold numbers or two labels; got ${counted(categories.length, 'label')}: ${quotedList(categories)}`,
    );
  });
  const only = columns.length === 1 ? columns[0]?.categories : undefined;
  return { notes, ...(only && { classes: only }) };
}

/**
 * Builds a target with a number for each unit.
 *
 * @param columns one for each unit; their categories, if any, start with those of the columns given to `denseMapping`
 * @param rows the number of usable rows
 * @param kind what the loss needs
 * @param loss its name, for messages
 * @returns the values, row after row
 * @throws InputError naming the row and column of a value that the loss does not allow
 */
export function denseTarget(
  columns: readonly TargetColumn[],
  rows: number,
  kind: DenseKind,
  loss: string,
): Float32Array {
  const values = new Float32Array(rows * columns.length);
  for (const [c, column] of columns.entries()) {
    const value = numbers(column, rows, kind);
    const [words, test] = allowedValues[kind] as (typeof allowedValues)[string];
    for (let i = 0; i < rows; i++) {
      const number = Math.fround(value(i));
      if (!test(number) || !Number.isFinite(number)) {
        const advice = kind === 'probability' ? `; if it holds two classes, use --categorical ${column.name}` : '';
        throw new InputError(`${column.place(i)} must be ${words} for the loss ${loss}; got ${value(i)}${advice}`);
      }
      values[i * columns.length + c] = number;
    }
  }
  if (kind === 'distribution') checkSums(columns, values, loss);
  return values;
}

/** Reads a column as numbers, mapped as {@link denseMapping} describes. */
function numbers(column: TargetColumn, rows: number, kind: DenseKind): (i: number) => number {
  const { at, categories } = column;
  const low = lowest(kind);
  if (!categories) return isZeroOrOne(column, rows, kind) ? (i) => (at(i) === 0 ? low : 1) : at;
  return (i) => {
    const code = at(i);
    if (code < 2) return code === 0 ? low : 1;
    const words = quotedList(categories.slice(0, 2));
    throw new InputError(`${column.place(i)} must be one of ${words}; got ${shownLabel(column, i)}`);
  };
}

function lowest(kind: DenseKind): number {
  return kind === 'sign' ? -1 : 0;
}

/** Whether the loss needs signs and the column holds only 0 and 1. */
function isZeroOrOne({ at }: TargetColumn, rows: number, kind: DenseKind): boolean {
  if (kind !== 'sign') return false;
  for (let i = 0; i < rows; i++) if (at(i) !== 0 && at(i) !== 1) return false;
  return true;
}

function checkSums(columns: readonly TargetColumn[], values: Float32Array, loss: string): void {
  const width = columns.length;
  for (let at = 0; at < values.length; at += width) {
    const sum = values.subarray(at, at + width).reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) <= SUM_TOLERANCE) continue;
    const place = columns[0]?.place(at / width);
    throw new InputError(
      `${place} and the ${width - 1} columns after it must add up to 1 for the loss ${loss}; got ${sum}`,
    );
  }
}
