import type { TableStream } from '../formats/format.js';
import type { Table } from '../table.js';

/** A table that a format has read as a whole, as a stream of one block. */
export function streamOf(table: Table): TableStream {
  const { source, columns, rows, values, place, notes } = table;
  return {
    layout: { source, columns: columns.map(({ exact: _, categories: __, ...column }) => column) },
    blocks: (async function* () {
      yield { rows, columns, values, lines: new Int32Array(rows), fraction: 1 };
    })(),
    categories: (column) => columns[column]?.categories ?? [],
    place: (row) => place(row),
    ...(notes && { notes }),
  };
}
