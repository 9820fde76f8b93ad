import { counted, InputError, quotedList, wordList } from '@lrfind/core';
import type { TargetColumn } from './target-column.js';

/** How the labels of a column become class numbers. */
export interface LabelClasses {
  /** Whether labels are words, given by the index of their category, rather than numbers. */
  readonly words: boolean;
  /** The class of a label, from 0 to the number of classes − 1; `undefined` for a label without a class. */
  readonly classOf: (label: number) => number | undefined;
  /** What labels may be, for messages. */
  readonly allowed: string;
  /** The label of each class; left out when labels are class numbers already. */
  readonly classes?: readonly string[];
  /** The mapping in a sentence; empty when labels are class numbers already. */
  readonly notes: readonly string[];
}

/**
 * Maps the labels of a column to the classes of an output with k units:
 *
 * - words become classes in the order of their categories, and so do names of folders that are numbers;
 * - whole numbers from 0 to k − 1 are class numbers already;
 * - whole numbers from 1 to k become classes 0 to k − 1;
 * - at most k other whole numbers become classes in ascending order. If the least of them is 0 or negative there must be
 *   exactly k: fewer are more likely the classes of a larger model, and a lone −1 a placeholder.
 *
 * Whole numbers that were declared categorical count as numbers here.
 *
 * @param column the labels
 * @param rows the number of usable rows
 * @param units k
 * @param output the output's name, for messages
 * @throws InputError naming the row and value of a label without a class, or the labels when there are too many
 */
export function labelClasses(column: TargetColumn, rows: number, units: number, output: string): LabelClasses {
  const { categories } = column;
  const words = (column.areClasses || categories?.some((text) => !/^[+-]?\d+$/.test(text))) ?? false;
  if (!categories || !words) return numberClasses({ ...column, at: labelReader(column, false) }, rows, units, output);
  if (categories.length > units) {
    throw new InputError(
      `target "${column.name}" must have at most ${units} labels, one for each unit of output "${output}"; got ${categories.length}: ${quotedList(categories, 12)}`,
    );
  }
  const known = categories.length;
  return {
    words,
    classOf: (label) => (label < known ? label : undefined),
    allowed: `one of ${quotedList(categories, 12)}, as in ${column.source}`,
    classes: categories,
    notes: [mappingNote(column.name, categories)],
  };
}

/**
 * Applies a mapping to a column.
 *
 * @param column the labels; its categories, if any, start with those of the column from which the mapping was made
 * @param rows the number of usable rows
 * @param labels the mapping
 * @returns the class number of each row
 * @throws InputError naming the row and value of a label without a class
 */
export function labelCodes(column: TargetColumn, rows: number, labels: LabelClasses): Int32Array {
  const read = labelReader(column, labels.words);
  return Int32Array.from({ length: rows }, (_, i) => {
    const code = labels.classOf(read(i));
    if (code !== undefined) return code;
    throw new InputError(`${column.place(i)} must be ${labels.allowed}; got ${shownLabel(column, i)}`);
  });
}

/** A label as it appears in the file; words in quotes. */
export function shownLabel({ categories, at }: TargetColumn, i: number): string {
  return categories ? `"${categories[at(i)]}"` : `${at(i)}`;
}

/** Reads labels as numbers, or words as the indices of their categories. */
function labelReader({ categories, at }: TargetColumn, words: boolean): (i: number) => number {
  if (!categories || words) return at;
  const numbers = categories.map(Number);
  return (i) => numbers[at(i)] as number;
}

function numberClasses(column: TargetColumn, rows: number, units: number, output: string): LabelClasses {
  const seen = new Set<number>(column.labels);
  for (let i = 0; i < rows; i++) {
    const label = column.at(i);
    if (!Number.isSafeInteger(label))
      throw new InputError(`${column.place(i)} must be a word or a whole number for output "${output}"; got ${label}`);
    seen.add(label);
  }
  const odd = column.labels?.find((label) => !Number.isSafeInteger(label));
  if (odd !== undefined)
    throw new InputError(
      `${column.source}: target "${column.name}" must hold words or whole numbers for output "${output}"; got ${odd}`,
    );
  const labels = [...seen].sort((a, b) => a - b);
  const least = labels[0] as number;
  const most = labels.at(-1) as number;
  if (least >= 0 && most < units) return numbersFrom(0, units);
  if (least >= 1 && most <= units) {
    const classes = Array.from({ length: units }, (_, code) => `${code + 1}`);
    const note = `labels 1 to ${units} of "${column.name}" became classes 0 to ${units - 1}`;
    return { ...numbersFrom(1, units), classes, notes: [note] };
  }
  const mapped = least > 0 ? labels.length <= units : labels.length === units;
  if (!mapped) failLabel(column, rows, units, output, labels);
  const codes = new Map(labels.map((label, code) => [label, code]));
  const classes = labels.map(String);
  return {
    words: false,
    classOf: (label) => codes.get(label),
    allowed: `one of ${wordList(classes, 12)}, as in ${column.source}`,
    classes,
    notes: [mappingNote(column.name, classes)],
  };
}

/** Labels that are consecutive numbers, of which the first is class 0. */
function numbersFrom(first: number, units: number): LabelClasses {
  return {
    words: false,
    classOf: (label) => {
      const code = label - first;
      return Number.isInteger(code) && code >= 0 && code < units ? code : undefined;
    },
    allowed: `a whole number from ${first} to ${first + units - 1}`,
    notes: [],
  };
}

function failLabel(
  column: TargetColumn,
  rows: number,
  units: number,
  output: string,
  labels: readonly number[],
): never {
  const isClass = (label: number) => label >= 0 && label < units;
  const different = `(${counted(labels.length, 'different label')} in all)`;
  const elsewhere = column.labels?.find((label) => !isClass(label));
  let i = 0;
  while (i < rows - 1 && isClass(column.at(i))) i++;
  if (elsewhere !== undefined && isClass(column.at(i)))
    throw new InputError(
      `${column.source}: column "${column.name}" must hold classes from 0 to ${units - 1} of output "${output}"; got ${elsewhere}, in a row that is not in the sample ${different}`,
    );
  throw new InputError(
    `${column.place(i)} must be a class from 0 to ${units - 1} of output "${output}"; got ${column.at(i)} ${different}`,
  );
}

function mappingNote(name: string, classes: readonly string[]): string {
  return `labels of "${name}" became classes: ${wordList(
    classes.map((label, code) => `${label} → ${code}`),
    12,
  )}`;
}
