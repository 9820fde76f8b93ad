import { counted, InputError } from '@lrfind/core';
import type { TableStream } from '../format.js';
import { type CellRows, INFERENCE_ROWS } from './cell-reader.js';
import { checkColumnNames } from './column-names.js';

/** Some rows of a table in the order of the file, column by column. */
export interface CellBlock extends CellRows {
  /** Share of the file read so far; 0 when its length is unknown. */
  readonly fraction: number;
  /** For each row a number that says where it is, such as its line. Default: 0. */
  readonly lines?: ArrayLike<number>;
}

/** A table whose cells come in blocks, all of the same columns. */
export interface CellStream extends Pick<TableStream, 'place' | 'notes'> {
  /** What messages call the table, such as its path. */
  readonly source: string;
  readonly names: readonly string[];
  /** The arrays of a file that holds several, and which is the target. */
  readonly groups?: TableStream['layout']['groups'];
  readonly defaultTarget?: TableStream['layout']['defaultTarget'];
  readonly blocks: AsyncGenerator<CellBlock>;
}

/** The start of a stream. */
interface FirstBlocks {
  readonly names: readonly string[];
  readonly start: readonly CellBlock[];
  readonly blocks: AsyncGenerator<CellBlock>;
}

/**
 * Looks at the blocks from which the kinds of columns follow. Where it throws, the blocks are ended.
 *
 * @returns those blocks, a stream of all, and the names of the columns
 * @throws InputError where no block has rows, and for names that are empty or repeated
 */
export async function firstBlocks(given: CellStream): Promise<FirstBlocks> {
  const { source, blocks } = given;
  try {
    const start: CellBlock[] = [];
    for (let rows = 0; rows < INFERENCE_ROWS; rows += start.at(-1)?.rows ?? 0) {
      const next = await blocks.next();
      if (next.done) break;
      start.push(next.value);
    }
    const names = checkColumnNames(source, given.names);
    if (start.every(({ rows }) => rows === 0)) throw noRows(source, names);
    const waiting = [...start];
    async function* all() {
      for (let first = waiting.shift(); first; first = waiting.shift()) yield first;
      yield* blocks;
    }
    return { names, start, blocks: all() };
  } catch (error) {
    await blocks.return(undefined);
    throw error;
  }
}

/** The error about a table without rows. */
export function noRows(source: string, names: readonly string[]): InputError {
  return new InputError(`${source} must hold rows; got ${counted(names.length, 'column')} without any`);
}
