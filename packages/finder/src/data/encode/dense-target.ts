import { InputError } from '../../errors.js';
import type { TargetKind } from '../../losses/loss-table.js';
import { quotedList } from '../word-list.js';
import type { TargetColumn } from './class-labels.js';

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

/**
 * A target with a number for each unit, checked against what the loss can take. A column of two words becomes 0 and 1.
 *
 * @param columns one for each unit
 * @param rows the number of usable rows
 * @param kind what the loss needs
 * @param loss its name, for messages
 * @param notes receives what was mapped
 * @returns the values, row after row, and the classes where the only column holds words
 * @throws InputError naming row and column of a value that the loss cannot take
 */
export function denseTarget(
  columns: readonly TargetColumn[],
  rows: number,
  kind: Exclude<TargetKind, 'label' | 'label-or-distribution'>,
  loss: string,
  notes: string[],
): { readonly values: Float32Array; readonly classes?: readonly string[] } {
  const values = new Float32Array(rows * columns.length);
  for (const [c, column] of columns.entries()) {
    const value = numbers(column, rows, kind, notes);
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
  const only = columns.length === 1 ? columns[0]?.categories : undefined;
  return { values, ...(only && { classes: only }) };
}

/** A column's values as numbers: two words count as 0 and 1, and where signs are needed, 0 counts as −1. */
function numbers(column: TargetColumn, rows: number, kind: TargetKind, notes: string[]): (i: number) => number {
  const { at, categories, name } = column;
  if (categories && categories.length !== 2) {
    const held = categories.length === 1 ? 'only one label' : `${categories.length} labels`;
    throw new InputError(
      `target "${name}" holds ${held} (${quotedList(categories)}) where numbers or two labels are needed`,
    );
  }
  const low = kind === 'sign' ? -1 : 0;
  if (categories) {
    notes.push(`labels of "${name}" became numbers: ${categories[0]} → ${low}, ${categories[1]} → 1`);
    return (i) => (at(i) === 0 ? low : 1);
  }
  if (kind !== 'sign') return at;
  for (let i = 0; i < rows; i++) if (at(i) !== 0 && at(i) !== 1) return at;
  notes.push(`0 in target "${name}" became -1`);
  return (i) => (at(i) === 0 ? -1 : 1);
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
