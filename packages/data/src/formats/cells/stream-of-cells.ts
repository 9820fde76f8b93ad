import { RowStore } from '../csv/row-store.js';
import type { StreamTableOptions, TableBlock, TableStream } from '../format.js';
import { type CellBlock, type CellStream, firstBlocks } from './cell-blocks.js';
import { CellReader } from './cell-reader.js';
import { TextReader } from './column-reader.js';

/** Numbers of a block of the stream, about. */
export const BLOCK_NUMBERS = 1 << 18;

/**
 * A table a block at a time, with the values that `tableOfCells` gives it.
 *
 * @param given its blocks, which `close` ends
 * @throws InputError as `tableOfCells` does
 */
export async function streamOfCells(given: CellStream, options: StreamTableOptions): Promise<TableStream> {
  const { source, place, notes, groups, defaultTarget } = given;
  const { names, start, blocks } = await firstBlocks(given);
  const { like, ignore = [] } = options;
  const unknown = like ? names.filter((name) => !like.columns.some((column) => column.name === name)) : [];
  const reader = new CellReader(source, names, start, options, [...ignore, ...unknown]);
  const columns = reader.columns(names);
  const texts = reader.readers.filter((each) => each instanceof TextReader);
  const isDated = (column: number) => start.some(({ columns: cells }) => cells[column]?.moments !== undefined);
  return {
    layout: { source, columns, ...(groups && { groups }), ...(defaultTarget !== undefined && { defaultTarget }) },
    blocks: rowsOf(blocks, reader, columns, place),
    categories: (column) => {
      const own = reader.readers[column];
      return own instanceof TextReader ? own.seen() : [];
    },
    unsettled: new Set([...names.keys()].filter(isDated)),
    categoryBytes: () => texts.reduce((sum, { bytes }) => sum + bytes, 0),
    place,
    close: async () => {
      await given.blocks.return(undefined);
    },
    ...(notes && notes.length > 0 && { notes }),
  };
}

async function* rowsOf(
  blocks: AsyncGenerator<CellBlock>,
  reader: CellReader,
  columns: TableBlock['columns'],
  place: CellStream['place'],
): AsyncGenerator<TableBlock> {
  const store = new RowStore(columns.length, Math.max(1, Math.floor(BLOCK_NUMBERS / columns.length)));
  for await (const { rows, columns: cells, fraction, lines } of blocks) {
    const first = store.first;
    const at = (row: number) => place(first + row, lines?.[row] ?? 0);
    for (let from = 0; from < rows; from += store.capacity) {
      const to = Math.min(rows, from + store.capacity);
      reader.read(cells, { from, to, store, at });
      for (let row = from; lines && row < to; row++) store.lines[row - from] = lines[row] as number;
      yield {
        rows: store.rows,
        columns: columns.map((column, i) => {
          const exact = column.kind === 'number' ? store.exact(i) : undefined;
          return { ...column, ...(exact && { exact }) };
        }),
        values: store.values,
        lines: store.lines,
        fraction,
      };
      store.clear();
    }
  }
}
