import { InputError } from '@lrfind/core';
import { columnIndex, columnReader, type Table } from '../table.js';

/**
 * Reads what each row weighs in the loss.
 *
 * @param name of the column
 * @param rows indices of the rows to read
 * @throws InputError for an unknown column, one of text, and a weight that is missing, negative or not finite
 */
export function rowWeights(table: Table, name: string, rows: Int32Array): Float32Array {
  const all = table.columns.map((column) => column.name);
  const index = columnIndex(table.source, all, name, 'sampleWeight');
  if (table.columns[index]?.kind === 'text')
    throw new InputError(`sampleWeight must name a column of numbers; got "${name}", which holds text`);
  const read = columnReader(table, index);
  return Float32Array.from(rows, (row) => {
    const weight = read(row);
    if (weight >= 0 && weight <= 3.4e38) return weight;
    const got = Number.isNaN(weight) ? 'none' : weight;
    throw new InputError(
      `${table.source}: ${table.place(row)}: the weight in column "${name}" must be a number at least 0; got ${got}`,
    );
  });
}
