import type { Table } from '../table.js';
import type { TableStream } from './format.js';

/** A table that a format has read as a whole, as a stream of one block. */
export function streamOf(table: Table): TableStream {
  const { source, columns, rows, values, place, notes, groups, defaultTarget } = table;
  return {
    layout: {
      source,
      columns: columns.map(({ exact: _, categories: __, ...column }) => column),
      ...(groups && { groups }),
      ...(defaultTarget !== undefined && { defaultTarget }),
    },
    blocks: (async function* () {
      yield { rows, columns, values, lines: new Int32Array(rows), fraction: 1 };
    })(),
    categories: (column) => columns[column]?.categories ?? [],
    // It is in memory already.
    categoryBytes: () => 0,
    place: (row) => place(row),
    ...(notes && { notes }),
  };
}
