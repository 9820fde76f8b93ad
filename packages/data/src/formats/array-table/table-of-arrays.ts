import { counted, InputError, quotedList } from '@lrfind/core';
import type { ColumnGroup, Table } from '../../table.js';
import type { CellColumn } from '../cells/cell.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import type { ReadTableOptions } from '../format.js';
import { arraysOfPart } from './array-parts.js';
import type { NamedArray } from './named-array.js';

/** Names that the target has in files of arrays, in Keras, scikit-learn and elsewhere. */
const targetName = /^(y|labels?|targets?|outputs?|class(es)?)$/i;

/**
 * Makes a table of arrays: each becomes a column for every number of its rows, such as a pixel, and the columns stay a group
 * under its name. Of arrays for training, validation and testing it takes those of one part. The target is the array that is
 * called y, labels or the like, else the last one.
 *
 * @param source what messages call the file
 * @throws InputError naming the arrays, for different numbers of rows
 */
export function tableOfArrays(source: string, given: readonly NamedArray[], options: ReadTableOptions): Table {
  const scalars = given.filter(({ shape }) => shape.length === 0);
  const { arrays, notes: partNotes } = arraysOfPart(
    source,
    given.filter(({ shape }) => shape.length > 0),
    options.part ?? 'train',
  );
  const [first] = arrays;
  if (!first) throw new InputError(`${source} must hold an array with an entry for each row; got none`);
  const rows = first.shape[0] as number;
  const other = arrays.find(({ shape }) => shape[0] !== rows);
  if (other)
    throw new InputError(
      `${source}: "${other.name}" must have ${counted(rows, 'row')}, as "${first.name}" has; got ${other.shape[0]}`,
    );
  const columns: CellColumn[] = [];
  const groups = arrays.map(({ name, shape, values }): ColumnGroup => {
    const own = shape.slice(1);
    const step = own.reduce((product, length) => product * length, 1);
    const from = columns.length;
    for (let i = 0; i < step; i++) columns.push({ name: `${name}${indexText(i, own)}`, cells: values, from: i, step });
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
  const table = tableOfCells({ source, rows, columns, place: (row) => `row ${row + 1}`, notes }, options);
  return { ...table, groups, ...(named && { defaultTarget: named.name }) };
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
