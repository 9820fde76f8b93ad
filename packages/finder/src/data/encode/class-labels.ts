import { InputError } from '../../errors.js';
import { counted, quotedList, wordList } from '../word-list.js';

/** A column of a target, read row by row. */
export interface TargetColumn {
  readonly name: string;
  /** Only for words: what `at` gives an index into. */
  readonly categories?: readonly string[];
  /** The value of the i-th usable row: a number, or the index of a category. */
  readonly at: (i: number) => number;
  /** Names the place of the i-th usable row and this column, for a message. */
  readonly place: (i: number) => string;
}

/** The classes of a column of labels. */
export interface ClassLabels {
  /** For each usable row its class, from 0 to the number of classes less one. */
  readonly codes: Int32Array;
  /** What each class stands for, where that is not its number. */
  readonly classes?: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Turns labels into the classes of a head with k units. Words become classes in the order of their categories. Whole
 * numbers, also where they were declared categorical, stay what they are when all lie from 0 to k − 1; lose one when
 * all lie from 1 to k; and otherwise, unless 0 is the least, become classes in ascending order when there are at most
 * k different ones (exactly k where some are negative, since a lone −1 is more likely a mark than a class).
 *
 * @param column the labels
 * @param rows the number of usable rows
 * @param units k
 * @param output the output's name, for messages
 * @throws InputError naming row and value for a label that is no class, or naming the labels when they are too many
 */
export function classLabels(column: TargetColumn, rows: number, units: number, output: string): ClassLabels {
  const { categories } = column;
  if (!categories) return numberLabels(column, rows, units, output);
  if (categories.length > 0 && categories.every((text) => /^[+-]?\d+$/.test(text))) {
    const numbers = categories.map(Number);
    return numberLabels({ ...column, at: (i) => numbers[column.at(i)] as number }, rows, units, output);
  }
  if (categories.length > units) {
    const held = `${counted(categories.length, 'label')}: ${quotedList(categories, 12)}`;
    throw new InputError(`target "${column.name}" holds ${held}; but output "${output}" has ${units} units`);
  }
  const codes = Int32Array.from({ length: rows }, (_, i) => column.at(i));
  return { codes, classes: categories, notes: [mappingNote(column.name, categories)] };
}

function numberLabels(column: TargetColumn, rows: number, units: number, output: string): ClassLabels {
  const seen = new Set<number>();
  for (let i = 0; i < rows; i++) {
    const label = column.at(i);
    if (!Number.isSafeInteger(label))
      throw new InputError(`${column.place(i)}: ${label} is no label; output "${output}" needs words or whole numbers`);
    seen.add(label);
  }
  const labels = [...seen].sort((a, b) => a - b);
  const least = labels[0] as number;
  const most = labels.at(-1) as number;
  const coded = (code: (label: number) => number) => Int32Array.from({ length: rows }, (_, i) => code(column.at(i)));
  if (least >= 0 && most < units) return { codes: coded((label) => label), notes: [] };
  if (least >= 1 && most <= units) {
    const classes = Array.from({ length: units }, (_, code) => `${code + 1}`);
    const note = `labels 1 to ${units} of "${column.name}" became classes 0 to ${units - 1}`;
    return { codes: coded((label) => label - 1), classes, notes: [note] };
  }
  const mapped = least > 0 ? labels.length <= units : least < 0 && labels.length === units;
  if (!mapped) failLabel(column, rows, units, output, labels);
  const codeOf = new Map(labels.map((label, code) => [label, code]));
  const classes = labels.map(String);
  return { codes: coded((label) => codeOf.get(label) as number), classes, notes: [mappingNote(column.name, classes)] };
}

function failLabel(
  column: TargetColumn,
  rows: number,
  units: number,
  output: string,
  labels: readonly number[],
): never {
  let i = 0;
  while (i < rows - 1 && column.at(i) >= 0 && column.at(i) < units) i++;
  throw new InputError(
    `${column.place(i)}: label ${column.at(i)} is outside the classes 0 to ${units - 1} of output "${output}" ` +
      `(${counted(labels.length, 'different label')} in all)`,
  );
}

function mappingNote(name: string, classes: readonly string[]): string {
  return `labels of "${name}" became classes: ${wordList(
    classes.map((label, code) => `${label} → ${code}`),
    12,
  )}`;
}
