import { InputError, sizeText } from '@lrfind/core';
import type { CellColumn } from '../cells/cell.js';
import type { CellBlock, CellStream } from '../cells/cell-blocks.js';
import { streamOfCells } from '../cells/stream-of-cells.js';
import { tableOfBlocks } from '../cells/table-of-cells.js';
import type { TableFormat } from '../format.js';
import { pandasIndex } from '../pandas-index.js';
import { inMemory, plainFile, type RandomAccess } from '../random-access.js';
import { readBytes } from '../read-text.js';

/** The first bytes of a file; a stream has none. */
const FILE_MAGIC = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];

/**
 * Arrow's IPC format: files (Feather of version 2 is one) and streams, packed with LZ4 or zstd or not. Dictionaries, text in
 * offsets and in views, dates, times, decimals, booleans and whole numbers of any size are read; pandas's own index without a
 * name is left out.
 *
 * Reading throws InputError naming the file and the column, for lists, records, bytes and times of day, and for a file that
 * is damaged.
 */
export const arrowFormat: TableFormat = {
  name: 'Arrow',
  extensions: ['.arrow', '.feather', '.ipc', '.arrows'],
  matches: isArrow,
  async read(source, chunks, options) {
    const whole = inMemory(await readBytes(source.name, chunks));
    return tableOfBlocks(await openCells(source.name, whole), options);
  },
  async stream(source, _, options) {
    const file = await plainFile(source, isArrow);
    return file && streamOfCells(await openCells(source.name, file, MOST_BATCH), options);
  },
};

/** The most bytes of a batch of rows, which is in memory as a whole. */
const MOST_BATCH = 2 ** 30;

async function openCells(name: string, file: RandomAccess, most?: number): Promise<CellStream> {
  // Loaded only now, so that other tables wait for none of it.
  const [{ openArrow }, { LargeBatchError }] = await Promise.all([
    import('./arrow-blocks.js'),
    import('./messages.js'),
  ]);
  const refusal = (error: unknown) => {
    if (error instanceof InputError) return error;
    if (error instanceof LargeBatchError)
      return new InputError(
        `${name} must have batches of rows of at most ${sizeText(most ?? 0)} to be read in parts; got one of ${sizeText(error.bytes)}: write it with fewer rows in each, such as 65,536`,
      );
    return new InputError(`${name} is damaged, or not what Arrow allows: ${(error as Error).message}`);
  };
  try {
    const { names, pandas, blocks } = await openArrow(name, file, most);
    const { isLeft, notes } = pandasIndex(names, pandas);
    const kept = <T>(all: readonly T[]) => all.filter((_, i) => !isLeft(names[i] as string));
    const place = (row: number) => `row ${row + 1}`;
    return { source: name, names: kept(names), place, notes, blocks: guarded(blocks, kept, refusal) };
  } catch (error) {
    throw refusal(error);
  }
}

async function* guarded(
  blocks: AsyncGenerator<CellBlock>,
  kept: (columns: readonly CellColumn[]) => CellColumn[],
  refusal: (error: unknown) => unknown,
): AsyncGenerator<CellBlock> {
  for (;;) {
    const next = await blocks.next().catch((error) => {
      throw refusal(error);
    });
    if (next.done) return;
    yield { ...next.value, columns: kept(next.value.columns) };
  }
}

/** A file begins with its name; a stream with a message: the schema, whose length is a small number. */
function isArrow(head: Uint8Array): boolean {
  if (FILE_MAGIC.every((byte, i) => head[i] === byte)) return true;
  return [0xff, 0xff, 0xff, 0xff].every((byte, i) => head[i] === byte) && head[6] === 0 && head[7] === 0;
}
