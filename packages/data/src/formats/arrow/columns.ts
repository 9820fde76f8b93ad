import { InputError } from '@lrfind/core';
import type { CellColumn } from '../cells/cell.js';
import { type ArrowCells, joinCells, lookUp, readValues } from './column-cells.js';
import { batchOf, contentOf } from './messages.js';
import { fieldsOf } from './schema.js';

/** Rows of columns without values, of which a few bytes can declare any number. */
const MAX_EMPTY_ROWS = 1e6;

/**
 * The columns of a file or a stream.
 *
 * @param name what messages call it
 * @returns the rows, the columns, and what pandas wrote about them
 * @throws InputError for a column that holds what no table can; another error for damaged bytes
 */
export function readColumns(
  name: string,
  bytes: Uint8Array,
): { rows: number; columns: CellColumn[]; pandas: string | undefined } {
  const { schema, messages } = contentOf(bytes);
  const fields = fieldsOf(schema, (column, got) => {
    throw new InputError(`${name}: column "${column}" must hold numbers, text, booleans or dates; got ${got}`);
  });
  const dictionaries = new Map<number, ArrowCells>();
  const parts: ArrowCells[][] = fields.map(() => []);
  let rows = 0;
  const check = (count: number) => {
    if (!(count >= 0 && count <= Math.max(MAX_EMPTY_ROWS, bytes.length * 256)))
      throw new Error(`it declares ${count} rows`);
  };
  for (const { kind, header, body } of messages) {
    if (kind === 'dictionary') {
      const id = header.long(0);
      const type = fields.find(({ dictionary }) => dictionary?.id === id)?.type;
      const data = header.table(1);
      if (!type || !data) throw new Error(`its dictionary ${id} belongs to no column`);
      const batch = batchOf(data, body);
      check(batch.rows);
      const values = readValues(type, batch);
      const before = header.byte(2) ? dictionaries.get(id) : undefined;
      dictionaries.set(id, before ? [...Array.from(before), ...Array.from(values)] : values);
    } else if (kind === 'rows') {
      const batch = batchOf(header, body);
      rows += batch.rows;
      check(rows);
      for (const [i, { type, dictionary }] of fields.entries()) {
        const values = dictionary
          ? lookUp(readValues(dictionary.indices, batch), dictionaries.get(dictionary.id))
          : readValues(type, batch);
        parts[i]?.push(values);
      }
    }
  }
  const columns = fields.map(({ name: column, type }, i) => ({
    name: column,
    cells: joinCells(type, parts[i] as ArrowCells[], rows),
  }));
  const pandas = schema
    .tables(2)
    .find((entry) => entry.text(0) === 'pandas')
    ?.text(1);
  return { rows, columns, pandas };
}
