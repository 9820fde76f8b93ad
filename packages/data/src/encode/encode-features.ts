import { counted, InputError, MAX_FLOAT32, notAllowed, quotedList, wordList } from '@lrfind/core';
import { areBooleans } from '../booleans.js';
import type { DatasetColumn } from '../dataset.js';
import { describeShape, type InputShape, partition, rowSize } from '../shapes.js';
import { columnReader, columnRuns, exactColumns, type Table } from '../table.js';
import { type FeatureScaling, featureScaling, type Scale } from './feature-scaling.js';
import { checkCategories, type OneHotOptions } from './one-hot-limit.js';
import { encodeTokens, fitTokens, type Tokens } from './tokens.js';

/** One number of a row as the model sees it: a column of numbers or booleans, or one category of a text column. */
interface Feature {
  readonly name: string;
  readonly column: number;
  /** Index of the category; −1 for a column of numbers or booleans. */
  readonly category: number;
}

/** How columns become the inputs of a model, fitted on one table. It applies to every table with the same columns. */
export interface FeatureEncoding {
  readonly inputs: readonly InputShape[];
  /** The features of each input. */
  readonly parts: readonly (readonly Feature[])[];
  /** Indices of the columns of numbers and booleans, in the order of `scaling`. */
  readonly numeric: readonly number[];
  readonly scaling: FeatureScaling;
  /** Only of texts whose words an embedding looks up, which take the place of all features. */
  readonly tokens?: Tokens;
  /** What is one-hot encoded, scaled and distributed over inputs, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Fits an encoding of features. Numbers are scaled, and booleans are the numbers 0 and 1. Any other text column is
 * one-hot encoded: a feature for each category, in the place of the column. The inputs take the features in order; each fills its shape row-major. Ids for an embedding stay
 * as they are, and a text that is the only feature becomes the ids of its words.
 *
 * @param table gives the means, ranges and categories
 * @param columns indices of the feature columns
 * @param rows indices of the rows to use
 * @param inputs the model's inputs
 * @param scale how numeric features are scaled
 * @param oneHot which text columns are one-hot encoded without a question
 * @throws InputError for a text column with too many categories, when the inputs take another number of features, and for
 *   a text column in the place of ids
 */
export function fitFeatures(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  inputs: readonly InputShape[],
  scale: Scale,
  oneHot: OneHotOptions = {},
): FeatureEncoding {
  const tokens = fitTokens(table, columns, rows, inputs);
  if (tokens) {
    const scaling = featureScaling(table, [], rows, scale);
    return { inputs, parts: inputs.map(() => []), numeric: [], scaling, tokens, notes: [tokens.note] };
  }
  checkCategories(table, columns, table.whole?.usable ?? rows.length, oneHot);
  const features = columns.flatMap((column) => featuresOf(table, column));
  checkCount(table, columns, features.length, inputs);
  const parts = partition(
    features,
    inputs.map(({ shape }) => rowSize(shape)),
  );
  const ids = new Set(parts.flatMap((part, i) => (inputs[i]?.ids === undefined ? [] : part)));
  const text = [...ids].find(({ category }) => category >= 0);
  if (text)
    throw new InputError(
      `${table.source}: column "${table.columns[text.column]?.name}" must have numbers, because an embedding looks them up; it has text`,
    );
  const numeric = features.filter((each) => each.category < 0 && !ids.has(each)).map(({ column }) => column);
  const scaling = featureScaling(table, numeric, rows, scale);
  const notes = [...textNotes(table, columns), ...scaling.notes];
  for (const { name, ids: count } of inputs)
    if (count !== undefined) notes.push(`input "${name}" takes ids from 0 to ${count - 1} as they are`);
  if (inputs.length > 1) {
    for (const [i, { name }] of inputs.entries())
      notes.push(`input "${name}" takes ${quotedList(featureNames(parts[i] as Feature[]))}`);
  }
  return { inputs, parts, numeric, scaling, notes };
}

/**
 * Turns rows into the inputs of a model.
 *
 * @param encoding fitted on this table, or on one with the same columns at the same indices
 * @param table the table
 * @param rows indices of the rows to use
 * @param sharesMemory whether the values lie in memory that threads share, where there is such memory
 * @returns one column for each input
 * @throws InputError for a value that float32 cannot hold, and for what is no id where an embedding looks it up
 */
export function encodeFeatures(
  encoding: FeatureEncoding,
  table: Table,
  rows: Int32Array,
  sharesMemory = false,
): DatasetColumn[] {
  const { inputs, parts, numeric, scaling, tokens } = encoding;
  if (tokens) {
    const name = table.columns[tokens.column]?.name ?? '';
    const columns = Array.from({ length: tokens.length }, (_, i) => `${name}[${i}]`);
    return inputs.map(({ shape }) => ({ shape, values: encodeTokens(tokens, table, rows), columns }));
  }
  return inputs.map(({ shape, ids }, i) => {
    const own = parts[i] as readonly Feature[];
    const bytes = rows.length * own.length * Float32Array.BYTES_PER_ELEMENT;
    const isShared = sharesMemory && typeof SharedArrayBuffer !== 'undefined';
    const values = new Float32Array(isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
    fillValues(values, table, own, rows, numeric, scaling, ids);
    return { shape, values, columns: featureNames(own) };
  });
}

/**
 * How many numbers a model gets of a column: one, or one for each category.
 *
 * @param column its index
 */
export function featureCount(table: Table, column: number): number {
  return featuresOf(table, column).length;
}

/** Writes the values of features, row after row. */
function fillValues(
  filled: Float32Array,
  table: Table,
  features: readonly Feature[],
  rows: Int32Array,
  numeric: readonly number[],
  scaling: FeatureScaling,
  ids: number | undefined,
): void {
  const { values } = table;
  const count = features.length;
  const width = table.columns.length;
  const columns = features.map(({ column }) => column);
  if (ids !== undefined) {
    const read = columns.map((column) => columnReader(table, column));
    for (let r = 0; r < rows.length; r++)
      for (const [f, { name }] of features.entries()) {
        const row = rows[r] as number;
        filled[r * count + f] = checkedId(table, row, name, read[f]?.(row) as number, ids);
      }
    return;
  }
  const scaleIndex = new Map(numeric.map((column, i) => [column, i]));
  const ofFeatures = (found: Float64Array) =>
    Float64Array.from(columns, (column) => found[scaleIndex.get(column) ?? -1] as number);
  const [shift, spread, fill] = [ofFeatures(scaling.shift), ofFeatures(scaling.spread), ofFeatures(scaling.fill)];
  const double = exactColumns(table, columns);
  const numbers = columnRuns(columns, (column) => scaleIndex.has(column) && table.columns[column]?.exact === undefined);
  const oneHot = features.flatMap(({ column, category }, at) => (category < 0 ? [] : [{ at, column, category }]));
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r] as number;
    const start = row * width;
    const to = r * count;
    let wrong = -1;
    for (const { at, column, length } of numbers) {
      const found = scaleValues(values, start + column, length, at, shift, spread, fill, filled, to + at);
      if (found >= 0) wrong = found;
    }
    for (const { at, column, category } of oneHot) filled[to + at] = values[start + column] === category ? 1 : 0;
    for (const { at, exact } of double) {
      const found = scaleValues(exact, row, 1, at, shift, spread, fill, filled, to + at);
      if (found >= 0) wrong = found;
    }
    if (wrong >= 0) failRange(table, row, features[wrong] as Feature);
  }
}

/**
 * Scales a run of numbers in one row. A function of its own with plain arguments, which V8 optimises better than nested loops and
 * what a closure holds.
 *
 * @param start where the run begins in the values
 * @param at index of its first feature
 * @param to where it begins in `filled`
 * @returns the index of a feature that float32 cannot hold; −1 for none
 */
function scaleValues(
  values: Float32Array | Float64Array,
  start: number,
  length: number,
  at: number,
  shift: Float64Array,
  spread: Float64Array,
  fill: Float64Array,
  filled: Float32Array,
  to: number,
): number {
  const largest = MAX_FLOAT32;
  let wrong = -1;
  for (let i = 0; i < length; i++) {
    let number = ((values[start + i] as number) - (shift[at + i] as number)) / (spread[at + i] as number);
    if (!(Math.abs(number) <= largest)) {
      if (Number.isNaN(values[start + i])) number = fill[at + i] as number;
      if (Math.abs(number) > largest) wrong = at + i;
    }
    filled[to + i] = number;
  }
  return wrong;
}

function featureNames(features: readonly Feature[]): string[] {
  return features.map(({ name }) => name);
}

function featuresOf(table: Table, column: number): Feature[] {
  const { name, categories } = table.columns[column] as Table['columns'][number];
  if (!categories || areBooleans(categories)) return [{ name, column, category: -1 }];
  return categories.map((text, category) => ({ name: `${name}=${text}`, column, category }));
}

function checkCount(table: Table, columns: readonly number[], count: number, inputs: readonly InputShape[]): void {
  const wanted = inputs.reduce((sum, { shape }) => sum + rowSize(shape), 0);
  if (count === wanted) return;
  const numeric = columns.filter((column) => table.columns[column]?.kind === 'number').length;
  const parts = [numeric > 0 ? counted(numeric, 'numeric column') : '', ...oneHotParts(table, columns)];
  const made = wordList(parts.filter((part) => part !== ''));
  const [first] = inputs;
  const needed =
    inputs.length === 1 && first
      ? `${describeShape(first.shape)} ${wanted === 1 ? 'feature' : 'features'} for the model's input "${first.name}"`
      : `${counted(wanted, 'feature')} for the model's inputs (${wordList(inputs.map(({ name, shape }) => `"${name}" ${describeShape(shape)}`))})`;
  throw new InputError(`${table.source} must give ${needed}; got ${count} (${made})`);
}

function oneHotParts(table: Table, columns: readonly number[]): string[] {
  const booleans = columns.filter((column) => areBooleans(table.columns[column]?.categories)).length;
  const oneHot = columns.flatMap((column) => {
    const { name, categories } = table.columns[column] as Table['columns'][number];
    return categories && !areBooleans(categories)
      ? [`"${name}" as ${counted(categories.length, 'one-hot column')}`]
      : [];
  });
  return [...(booleans > 0 ? [counted(booleans, 'boolean column')] : []), ...oneHot];
}

function textNotes(table: Table, columns: readonly number[]): string[] {
  return columns.flatMap((column) => {
    const { name, categories } = table.columns[column] as Table['columns'][number];
    if (!categories) return [];
    if (areBooleans(categories)) return [`"${name}" became a number: ${categories[0]} → 0, ${categories[1]} → 1`];
    return [`text column "${name}" one-hot encoded: ${quotedList(categories)}`];
  });
}

function checkedId(table: Table, row: number, column: string, value: number, ids: number): number {
  if (Number.isInteger(value) && value >= 0 && value < ids) return value;
  const place = `${table.source}: ${table.place(row)}, column "${column}"`;
  const allowed = `a whole number from 0 to ${ids - 1}, because an embedding of ${ids} ids looks it up`;
  if (Number.isNaN(value)) throw new InputError(`${place} must be ${allowed}; it is missing`);
  throw notAllowed(place, allowed, value);
}

function failRange(table: Table, row: number, { name, column }: Feature): never {
  const place = `${table.place(row)}, column "${name}"`;
  const value = columnReader(table, column)(row);
  throw new InputError(`${table.source}: ${place} must fit float32 after scaling; got ${value}`);
}
