import { InputError, quotedList } from '@lrfind/core';
import { shownLabel } from './class-labels.js';
import type { TargetColumn } from './target-column.js';
import type { TargetKind } from './target-kind.js';

/** What may stand in a column for each kind of target, in words and as a test. */
const allowed: Readonly<Record<string, readonly [words: string, test: (value: number) => boolean]>> = {
  distribution: ['a probability from 0 to 1', (value) => value >= 0 && value <= 1],
  probability: ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
  sign: ['-1 or 1, or 0 or 1 throughout', (value) => value === -1 || value === 1],
  'non-negative': ['a number of at least 0', (value) => value >= 0],
  number: ['a number that float32 can hold', () => true],
};

/** How far the probabilities of a row may be from adding up to 1. */
const TOLERANCE = 1e-3;

/** What a loss needs a number of for each unit. */
export type DenseKind = Exclude<TargetKind, 'label' | 'label-or-distribution'>;

/**
 * Looks at how columns become numbers: two words become 0 and 1, and where signs are needed, −1 and 1.
 *
 * @param columns one for each unit
 * @param rows the number of usable rows
 * @param kind what the loss needs
 * @returns what will be mapped, in sentences, and the classes where the only column holds words
 * @throws InputError for a column of one word, or of three or more
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
    const held = categories.length === 1 ? 'only one label' : `${categories.length} labels`;
    throw new InputError(
      `target "${name}" holds ${held} (${quotedList(categories)}) where numbers or two labels are needed`,
    );
  });
  const only = columns.length === 1 ? columns[0]?.categories : undefined;
  return { notes, ...(only && { classes: only }) };
}

/**
 * A target with a number for each unit, checked against what the loss can take.
 *
 * @param columns one for each unit; words start with the two that `denseMapping` saw
 * @param rows the number of usable rows
 * @param kind what the loss needs
 * @param loss its name, for messages
 * @returns the values, row after row
 * @throws InputError naming row and column of a value that the loss cannot take
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
    const [words, test] = allowed[kind] as (typeof allowed)[string];
    for (let i = 0; i < rows; i++) {
      const number = Math.fround(value(i));
      if (!test(number) || !Number.isFinite(number)) {
        const advice = kind === 'probability' ? `; if it holds two classes, say --categorical ${column.name}` : '';
        throw new InputError(
          `${column.place(i)}: ${value(i)} does not suit the loss ${loss}, which needs ${words}${advice}`,
        );
      }
      values[i * columns.length + c] = number;
    }
  }
  if (kind === 'distribution') checkSums(columns, values, loss);
  return values;
}

/** A column's values as numbers: two words count as 0 and 1, and where signs are needed, 0 counts as −1. */
function numbers(column: TargetColumn, rows: number, kind: DenseKind): (i: number) => number {
  const { at, categories } = column;
  const low = lowest(kind);
  if (!categories) return isZeroOrOne(column, rows, kind) ? (i) => (at(i) === 0 ? low : 1) : at;
  return (i) => {
    const code = at(i);
    if (code < 2) return code === 0 ? low : 1;
    const words = quotedList(categories.slice(0, 2));
    throw new InputError(`${column.place(i)}: label ${shownLabel(column, i)} has no number; labels are ${words}`);
  };
}

function lowest(kind: DenseKind): number {
  return kind === 'sign' ? -1 : 0;
}

/** Whether signs are needed and all a column holds is 0 and 1. */
function isZeroOrOne({ at }: TargetColumn, rows: number, kind: DenseKind): boolean {
  if (kind !== 'sign') return false;
  for (let i = 0; i < rows; i++) if (at(i) !== 0 && at(i) !== 1) return false;
  return true;
}

function checkSums(columns: readonly TargetColumn[], values: Float32Array, loss: string): void {
  const width = columns.length;
  for (let at = 0; at < values.length; at += width) {
    const sum = values.subarray(at, at + width).reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) <= TOLERANCE) continue;
    const place = columns[0]?.place(at / width);
    throw new InputError(`${place} and the ${width - 1} columns after it add up to ${sum}; the loss ${loss} needs 1`);
  }
}
