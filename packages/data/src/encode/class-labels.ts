import { InputError, counted, quotedList, wordList } from '@lrfind/core';
import type { TargetColumn } from './target-column.js';

/** Which class each label is. */
export interface LabelClasses {
  /** Whether labels are told apart as words, by the index of their category, and not as numbers. */
  readonly words: boolean;
  /** The class of a label, from 0 to the number of classes less one; `undefined` for a label that has none. */
  readonly classOf: (label: number) => number | undefined;
  /** What labels may be, for messages. */
  readonly allowed: string;
  /** What each class stands for, where that is not its number. */
  readonly classes?: readonly string[];
  /** The mapping in a sentence, where there is one. */
  readonly notes: readonly string[];
}

/**
 * Works out which classes of a head with k units labels stand for. Words become classes in the order of their
 * categories. Whole numbers, also where they were declared categorical, stay what they are when all lie from 0 to
 * k − 1; lose one when all lie from 1 to k; and otherwise, unless 0 is the least, become classes in ascending order when
 * there are at most k different ones (exactly k where some are negative, since a lone −1 is more likely a mark than a
 * class).
 *
 * @param column the labels
 * @param rows the number of usable rows
 * @param units k
 * @param output the output's name, for messages
 * @throws InputError naming row and value for a label that is no class, or naming the labels when they are too many
 */
export function labelClasses(column: TargetColumn, rows: number, units: number, output: string): LabelClasses {
  const { categories } = column;
  const words = categories?.some((text) => !/^[+-]?\d+$/.test(text)) ?? false;
  if (!categories || !words) return numberClasses({ ...column, at: labelReader(column, false) }, rows, units, output);
  if (categories.length > units) {
    const held = `${counted(categories.length, 'label')}: ${quotedList(categories, 12)}`;
    throw new InputError(`target "${column.name}" holds ${held}; but output "${output}" has ${units} units`);
  }
  const known = categories.length;
  return {
    words,
    classOf: (label) => (label < known ? label : undefined),
    allowed: `${quotedList(categories, 12)}, as in ${column.source}`,
    classes: categories,
    notes: [mappingNote(column.name, categories)],
  };
}

/**
 * The classes of a column's labels.
 *
 * @param column the labels; words start with the categories that the classes were worked out from
 * @param rows the number of usable rows
 * @param labels the mapping, from this column or from that of another table
 * @throws InputError naming row and value for a label that has no class
 */
export function labelCodes(column: TargetColumn, rows: number, labels: LabelClasses): Int32Array {
  const read = labelReader(column, labels.words);
  return Int32Array.from({ length: rows }, (_, i) => {
    const code = labels.classOf(read(i));
    if (code !== undefined) return code;
    throw new InputError(
      `${column.place(i)}: label ${shownLabel(column, i)} has no class; labels are ${labels.allowed}`,
    );
  });
}

/** A label as it stands in the file. */
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
  if (least >= 0 && most < units) return numbersFrom(0, units);
  if (least >= 1 && most <= units) {
    const classes = Array.from({ length: units }, (_, code) => `${code + 1}`);
    const note = `labels 1 to ${units} of "${column.name}" became classes 0 to ${units - 1}`;
    return { ...numbersFrom(1, units), classes, notes: [note] };
  }
  const mapped = least > 0 ? labels.length <= units : least < 0 && labels.length === units;
  if (!mapped) failLabel(column, rows, units, output, labels);
  const codes = new Map(labels.map((label, code) => [label, code]));
  const classes = labels.map(String);
  return {
    words: false,
    classOf: (label) => codes.get(label),
    allowed: `${wordList(classes, 12)}, as in ${column.source}`,
    classes,
    notes: [mappingNote(column.name, classes)],
  };
}

/** Classes that are numbered as their labels, from the first one on. */
function numbersFrom(first: number, units: number): LabelClasses {
  return {
    words: false,
    classOf: (label) => {
      const code = label - first;
      return Number.isInteger(code) && code >= 0 && code < units ? code : undefined;
    },
    allowed: `whole numbers from ${first} to ${first + units - 1}`,
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
