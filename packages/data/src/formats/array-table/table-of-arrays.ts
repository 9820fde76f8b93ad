import { counted, InputError, quotedList } from '@lrfind/core';
import type { ColumnGroup, Table } from '../../table.js';
import type { CellColumn } from '../cells/cell.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { ReadTableOptions } from '../format.js';
import { arraysOfPart } from './array-parts.js';
import type { ArrayShape, NamedArray } from './named-array.js';

/** Names that the target has in files of arrays, in Keras, scikit-learn and elsewhere. */
const targetName = /^(y|labels?|targets?|outputs?|class(es)?)$/i;

/** Which arrays of a file are its table. */
export interface ArrayLayout<Named extends ArrayShape> {
  readonly arrays: readonly Named[];
  readonly rows: number;
  readonly groups: readonly ColumnGroup[];
  readonly defaultTarget: string | undefined;
  readonly notes: readonly string[];
  /** The columns with values; those of an array may begin at any row. */
  columns(values: readonly CellColumn['cells'][]): CellColumn[];
}

/**
 * Decides which arrays are a table: each becomes a column for every number of its rows, such as a pixel, and the columns stay a group
 * under its name. Of arrays for training, validation and testing it takes those of one part. The target is the array that is
 * called y, labels or the like, else the last one.
 *
 * @param source what messages call the file
 * @throws InputError naming the arrays, for different numbers of rows
 */
export function layoutOfArrays<Named extends ArrayShape>(
  source: string,
  given: readonly Named[],
  part: ReadTableOptions['part'] = 'train',
): ArrayLayout<Named> {
  const scalars = given.filter(({ shape }) => shape.length === 0);
  const rowArrays = given.filter(({ shape }) => shape.length > 0);
  const { arrays, notes: partNotes } = arraysOfPart(source, rowArrays, part);
  const [first] = arrays;
  if (!first) throw new InputError(`${source} must hold an array with an entry for each row; got none`);
  const rows = first.shape[0] as number;
  const other = arrays.find(({ shape }) => shape[0] !== rows);
  if (other)
    throw new InputError(
      `${source}: "${other.name}" must have ${counted(rows, 'row')}, as "${first.name}" has; got ${other.shape[0]}`,
    );
  const columns: { name: string; array: number; from: number; step: number; moments: CellColumn['moments'] }[] = [];
  const groups = arrays.map(({ name, shape, moments }, array): ColumnGroup => {
    const own = shape.slice(1);
    const step = own.reduce((product, length) => product * length, 1);
    const from = columns.length;
    for (let i = 0; i < step; i++) columns.push({ name: `${name}${indexText(i, own)}`, array, from: i, step, moments });
    return { name, shape: own, from, to: columns.length };
  });
  const named = arrays.find(({ name }) => targetName.test(name)) ?? (arrays.length > 1 ? arrays.at(-1) : undefined);
  const notes = [
    ...partNotes,
    ...groups.map(
      ({ name, shape }) =>
        `array "${name}": ${counted(rows, 'row')}${shape.length > 0 ? ` of ${shape.join('×')}` : ''}`,
    ),
    ...(scalars.length > 0 ? [`left out ${quotedList(scalars.map(({ name }) => name))}, which has no rows`] : []),
  ];
  return {
    arrays,
    rows,
    groups,
    defaultTarget: named?.name,
    notes,
    columns: (values) =>
      columns.map(({ array, ...column }) => ({ ...column, cells: values[array] as CellColumn['cells'] })),
  };
}

/** Makes a table of arrays. @throws InputError as `layoutOfArrays` does */
export function tableOfArrays(source: string, given: readonly NamedArray[], options: ReadTableOptions): Table {
  const { arrays, rows, groups, defaultTarget, notes, columns } = layoutOfArrays(source, given, options.part);
  const cells = columns(arrays.map(({ values }) => values));
  const table = tableOfCells({ source, rows, columns: cells, place: (row) => `row ${row + 1}`, notes }, options);
  return { ...table, groups, ...(defaultTarget !== undefined && { defaultTarget }) };
}

/**
 * `[3,4]` for the fourth row and fifth column of an image; empty for an array of one number a row.
 *
 * @param position in the row's numbers, from 0
 * @param shape of a row
 */
export function indexText(position: number, shape: readonly number[]): string {
  if (shape.length === 0) return '';
  let rest = position;
  const indices = shape.toReversed().map((length) => {
    const index = rest % length;
    rest = (rest - index) / length;
    return index;
  });
  return `[${indices.reverse().join(',')}]`;
}
