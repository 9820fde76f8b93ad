import { InputError, counted, quotedList, wordList } from '@lrfind/core';
import type { DatasetColumn } from '../dataset.js';
import { partition, describeShape, type InputShape, rowSize } from '../shapes.js';
import { rowReader, type Table } from '../table.js';
import { type FeatureScaling, featureScaling, type Scale } from './feature-scaling.js';

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** One number of a row as the model sees it: a numeric column, or one category of a text column. */
interface Feature {
  readonly name: string;
  readonly column: number;
  /** Index of the category; −1 for a numeric column. */
  readonly category: number;
}

/** How columns become the inputs of a model: worked out from one table, applied to it and to those laid out like it. */
export interface FeatureEncoding {
  readonly inputs: readonly InputShape[];
  /** For each input its features. */
  readonly parts: readonly (readonly Feature[])[];
  /** Indices of the numeric columns, in the order of `scaling`. */
  readonly numeric: readonly number[];
  readonly scaling: FeatureScaling;
  /** What is one-hot encoded, scaled and dealt out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Works out how columns become the inputs of a model: numbers are scaled, text is one-hot encoded, category after
 * category in the place of its column; then the features are dealt out to the inputs in order and fill each input's shape
 * row-major.
 *
 * @param table the table whose means, ranges and categories count
 * @param columns indices of the feature columns
 * @param rows indices of the rows to use
 * @param inputs the model's inputs
 * @param scale how numeric features are scaled
 * @throws InputError when the number of features is not the number that the inputs take
 */
export function featureEncoding(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  inputs: readonly InputShape[],
  scale: Scale,
): FeatureEncoding {
  const features = columns.flatMap((column) => featuresOf(table, column));
  checkCount(table, columns, features.length, inputs);
  const numeric = columns.filter((column) => table.columns[column]?.kind === 'number');
  const scaling = featureScaling(table, numeric, rows, scale);
  const parts = partition(
    features,
    inputs.map(({ shape }) => rowSize(shape)),
  );
  const notes = [...oneHotNotes(table, columns), ...scaling.notes];
  if (inputs.length > 1) {
    for (const [i, { name }] of inputs.entries())
      notes.push(`input "${name}" gets ${quotedList(featureNames(parts[i] as Feature[]))}`);
  }
  return { inputs, parts, numeric, scaling, notes };
}

/**
 * Turns rows into the inputs of a model.
 *
 * @param encoding how; the table has the columns of the one from which it was worked out, at the same indices
 * @param table the table
 * @param rows indices of the rows to use
 * @returns one block for each input
 * @throws InputError for a value that float32 cannot hold
 */
export function encodeFeatures(encoding: FeatureEncoding, table: Table, rows: Int32Array): DatasetColumn[] {
  const { inputs, parts, numeric, scaling } = encoding;
  return inputs.map(({ shape }, i) => {
    const own = parts[i] as readonly Feature[];
    return { shape, values: filledBlock(table, own, rows, numeric, scaling), columns: featureNames(own) };
  });
}

/** The values of some features, row after row. */
function filledBlock(
  table: Table,
  features: readonly Feature[],
  rows: Int32Array,
  numeric: readonly number[],
  { shift, spread, fill }: FeatureScaling,
): Float32Array {
  const read = rowReader(
    table,
    features.map(({ column }) => column),
  );
  const category = Int32Array.from(features, (feature) => feature.category);
  const place = new Map(numeric.map((column, i) => [column, i]));
  const scaled = Int32Array.from(features, ({ column }) => place.get(column) ?? -1);
  const block = new Float32Array(rows.length * features.length);
  const fillRow = (row: number, values: Float64Array, start: number) => {
    for (let f = 0; f < values.length; f++) {
      const value = values[f] as number;
      const i = scaled[f] as number;
      let number: number;
      if (i === -1) number = value === category[f] ? 1 : 0;
      else if (Number.isNaN(value)) number = fill[i] as number;
      else number = (value - (shift[i] as number)) / (spread[i] as number);
      if (Math.abs(number) > FLOAT32_MAX) failRange(table, row, features[f]?.name ?? '', value);
      block[start + f] = number;
    }
  };
  for (const [r, row] of rows.entries()) fillRow(row, read(row), r * features.length);
  return block;
}

function featureNames(features: readonly Feature[]): string[] {
  return features.map(({ name }) => name);
}

function featuresOf(table: Table, column: number): Feature[] {
  const { name, categories } = table.columns[column] as Table['columns'][number];
  if (!categories) return [{ name, column, category: -1 }];
  return categories.map((text, category) => ({ name: `${name}=${text}`, column, category }));
}

function checkCount(table: Table, columns: readonly number[], count: number, inputs: readonly InputShape[]): void {
  const wanted = inputs.reduce((sum, { shape }) => sum + rowSize(shape), 0);
  if (count === wanted) return;
  const numeric = columns.filter((column) => table.columns[column]?.kind === 'number').length;
  const parts = [numeric > 0 ? counted(numeric, 'numeric column') : '', ...oneHotParts(table, columns)];
  const made = wordList(parts.filter((part) => part !== ''));
  const [first] = inputs;
  const takes =
    inputs.length === 1 && first
      ? `the model's input "${first.name}" takes ${describeShape(first.shape)}`
      : `the model's inputs take ${wanted} in all: ${wordList(inputs.map(({ name, shape }) => `"${name}" ${describeShape(shape)}`))}`;
  throw new InputError(`${table.source} gives ${counted(count, 'feature')} (${made}), but ${takes}`);
}

function oneHotParts(table: Table, columns: readonly number[]): string[] {
  return columns.flatMap((column) => {
    const { name, categories } = table.columns[column] as Table['columns'][number];
    return categories ? [`"${name}" as ${counted(categories.length, 'one-hot column')}`] : [];
  });
}

function oneHotNotes(table: Table, columns: readonly number[]): string[] {
  return columns.flatMap((column) => {
    const { name, categories } = table.columns[column] as Table['columns'][number];
    return categories ? [`text column "${name}" one-hot encoded: ${quotedList(categories)}`] : [];
  });
}

function failRange(table: Table, row: number, column: string, value: number): never {
  const place = `${table.place(row)}, column "${column}"`;
  throw new InputError(`${table.source}: ${place}: ${value} is too large for float32, scaled as it is`);
}
