import { counted, countText, InputError, quotedList } from '@lrfind/core';
import type { InputShape } from '../shapes.js';
import { columnReader, type Table } from '../table.js';

/** The ids of padding and of words that are not in the vocabulary, as in Keras's `TextVectorization`. */
const PADDING = 0;
const UNKNOWN = 1;
const FIRST_WORD = 2;

/** What becomes of a missing text, for notes. */
export const TEXT_FILL = 'filled with padding';

/** What `lower_and_strip_punctuation` takes out. */
const punctuation = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g;

/** How the texts of a column become ids, learnt from one table. */
export interface Tokens {
  /** Index of the column. */
  readonly column: number;
  /** The id of each word, from 2 on. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Ids in a row. */
  readonly length: number;
  /** What was learnt, in a sentence. */
  readonly note: string;
}

/** Whether a model looks up the words of a text: its only input takes a row of ids, and the only feature is a column of text. */
export function takesWords(table: Table, columns: readonly number[], inputs: readonly InputShape[]): boolean {
  const [input] = inputs;
  const [column] = columns;
  return (
    inputs.length === 1 &&
    columns.length === 1 &&
    input?.ids !== undefined &&
    input.shape.length === 1 &&
    table.columns[column as number]?.kind === 'text'
  );
}

/**
 * Learns a vocabulary where a model looks up the words of a text: its only input takes ids, and the only feature is a column of text.
 * As Keras's `TextVectorization` adapts by default: words by how often they occur, those of one count in descending order of their
 * bytes; id 0 is padding and 1 any other word.
 *
 * @param columns indices of the feature columns
 * @param rows indices of the rows that give the words; of a sample, all rows of its table give them
 * @param inputs of the model; the number of ids limits the vocabulary, padding and unknown words included
 * @returns undefined where the model or the table are others
 * @throws InputError for texts without a word, and for an embedding that has no id for one
 */
export function fitTokens(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  inputs: readonly InputShape[],
): Tokens | undefined {
  if (!takesWords(table, columns, inputs)) return undefined;
  const [input] = inputs as [InputShape & { readonly ids: number }];
  const [column] = columns as [number];
  const { name, categories = [] } = table.columns[column] as Table['columns'][number];
  if (input.ids <= FIRST_WORD)
    throw new InputError(
      `the embedding of input "${input.name}" must have at least 3 ids for the words of column "${name}", because 0 is padding and 1 unknown words; got ${input.ids}`,
    );
  const counts = new Map<string, number>();
  // Of a sample the words of all rows, so that the ids do not depend on which are in it.
  const rowsOf = table.whole?.categoryRows.get(column) ?? rowsOfCategories(table, column, rows, categories.length);
  let longest = 0;
  for (const [i, text] of categories.entries()) {
    const times = rowsOf[i] as number;
    if (times === 0) continue;
    const own = wordsOf(text);
    longest = Math.max(longest, own.length);
    for (const word of own) counts.set(word, (counts.get(word) ?? 0) + times);
  }
  if (counts.size === 0) throw new InputError(`${table.source}: column "${name}" must have words; got none`);
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || byBytes(b, a)).slice(0, input.ids - FIRST_WORD);
  const [length] = input.shape as [number];
  const left = counts.size - sorted.length;
  return {
    column,
    vocabulary: new Map(sorted.map(([word], i) => [word, FIRST_WORD + i])),
    length,
    note:
      `text column "${name}" became ids of ${counted(sorted.length, 'word')}, the most frequent first: ${quotedList(
        sorted.map(([word]) => word),
        4,
      )}; ` +
      `0 is padding, 1 any other word${left > 0 ? `, such as the ${countText(left)} for which the embedding has no id` : ''}; ` +
      `texts of up to ${countText(longest)} words, padded or cut at the end to ${countText(length)}; a trained embedding needs its own vocabulary`,
  };
}

/** How many of some rows have each category of a text column. */
function rowsOfCategories(table: Table, column: number, rows: Int32Array, categories: number): Float64Array {
  const counts = new Float64Array(categories);
  const read = columnReader(table, column);
  for (const row of rows) {
    const code = read(row);
    if (!Number.isNaN(code)) counts[code] = (counts[code] as number) + 1;
  }
  return counts;
}

/**
 * Turns texts into ids.
 *
 * @param rows indices of the rows
 * @returns `rows × length` ids; a missing text is all padding
 */
export function encodeTokens({ column, vocabulary, length }: Tokens, table: Table, rows: Int32Array): Float32Array {
  const read = columnReader(table, column);
  const ids = (table.columns[column]?.categories ?? []).map((text) =>
    wordsOf(text)
      .slice(0, length)
      .map((word) => vocabulary.get(word) ?? UNKNOWN),
  );
  const values = new Float32Array(rows.length * length).fill(PADDING);
  for (const [r, row] of rows.entries()) values.set(ids[read(row)] ?? [], r * length);
  return values;
}

/** The words of a text as TensorFlow splits them: only letters of ASCII become lower case, and only its blanks separate. */
function wordsOf(text: string): string[] {
  return text
    .replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replaceAll(punctuation, '')
    .split(/[ \t\n\v\f\r]+/)
    .filter((word) => word !== '');
}

/** The order of UTF-8, which is that of code points. */
function byBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((letter, i) => letter !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) as number) - (right[at]?.codePointAt(0) ?? -1);
}
