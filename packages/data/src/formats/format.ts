import type { ByteChunk, ByteSource } from '../bytes.js';
import type { NamedLayout, Table, TableLayout } from '../table.js';
import type { TextTableOptions } from './options.js';

/** What rows are for. */
export type TablePart = 'train' | 'validation' | 'test';

/** How to read a table. */
export interface ReadTableOptions extends Readonly<Partial<TextTableOptions>> {
  /** Columns that hold categories although their values look like numbers. Default: none. */
  readonly categorical?: readonly string[];
  /**
   * What else stands for a missing value, such as `-999` or `unknown`: the whole field, or a number however it is
   * written. Default: nothing but an empty field and the usual markers, such as NA, NaN, null and ?.
   */
  readonly missing?: readonly string[];
  /**
   * Another table whose kinds of columns apply to this one, such as the training rows for a file of test rows. Columns
   * that the other table does not have are text. `categorical` is then ignored. Default: the kinds follow from the
   * values.
   */
  readonly like?: TableLayout;
  /**
   * Of a file that holds several parts, such as Keras's `mnist.npz` with `x_train` and `x_test`: which one to read. Other files
   * are read whole. Default: `train`.
   */
  readonly part?: TablePart;
  /**
   * Of a database, or of files that DuckDB reads: a SELECT, whose answer is the table. It calls the files `data`. Default: the
   * only table of the database.
   */
  readonly query?: string;
  /**
   * Of a folder of images: the shape that they get, `[height, width, channels]` with 1, 3 or 4 channels, or `[height, width]` for
   * grey. Other tables have their own shapes. Default: the images' own size, or 64×64 where they have several
   * or a larger one.
   */
  readonly imageShape?: readonly number[];
  /** The sheet of a workbook of Excel. Default: the first one. */
  readonly sheet?: string;
  /**
   * Called now and then while reading. `fraction` is the share of the file read so far; 0 when its length is unknown.
   */
  readonly onProgress?: (progress: { readonly fraction: number; readonly rows: number }) => void;
}

/** How to read a table a block at a time. */
export interface StreamTableOptions extends Omit<ReadTableOptions, 'onProgress'> {
  /**
   * Columns that nobody will look at, such as an identifier of each row, and with `like` those that the other table does not
   * have: their values may be anything, and a block may hold NaN for them. Default: none.
   */
  readonly ignore?: readonly string[];
  /** The columns, where a first reading has found that they are more than the first rows have. Default: those of the first rows. */
  readonly names?: readonly string[];
}

/** Some rows of a table that is read a block at a time, in the order of the file. */
export interface TableBlock extends Pick<Table, 'rows' | 'columns' | 'values'> {
  /**
   * As in a `Table`, with two differences: `categories` are left out, and a text column holds the index into
   * `TableStream.categories`. `exact` is there for a column that needs double precision in this block.
   */
  readonly columns: Table['columns'];
  /** For each row a number from which `TableStream.place` makes its place, such as its line. */
  readonly lines: Int32Array;
  /** Share of the file read so far; 0 when its length is unknown. */
  readonly fraction: number;
}

/** A table that is read a block at a time. */
export interface TableStream {
  /** Its columns and arrays; which hold text is known from the start, the categories are not. */
  readonly layout: Omit<NamedLayout, 'notes'>;
  /**
   * All rows, once, of about a megabyte each and at least one row: a file that has row groups or chunks of columns gives
   * each as one block, or as several where they are large. The arrays of a block are the reader's, and may hold other rows
   * when the next block is there.
   *
   * Throws as `TableFormat.read` does.
   */
  readonly blocks: AsyncIterable<TableBlock>;
  /** What was assumed or left out, in sentences; all are known once the blocks are read. Default: nothing. */
  readonly notes?: readonly string[];
  /** The categories of a text column so far, in the order of their numbers. Several numbers may have the same text. */
  readonly categories: (column: number) => readonly string[];
  /**
   * Text columns of dates and times, whose categories are written otherwise once more of them are known: without a time while all
   * are at midnight. Default: none.
   */
  readonly unsettled?: ReadonlySet<number>;
  /** Bytes that the categories of all columns take so far, about. */
  readonly categoryBytes: () => number;
  /**
   * Where a row is in the file, for messages.
   *
   * @param row index of the row in the file, from 0
   * @param line the row's entry in `TableBlock.lines`
   */
  readonly place: (row: number, line: number) => string;
  /** Ends the reading, wherever it is; needed where the blocks are not read to their end. Default: nothing is to be ended. */
  readonly close?: () => Promise<void>;
}

/** Where a table comes from: a file, or several that are one table. Every byte source is one. */
export interface TableSource extends ByteSource {
  /**
   * Only of several files that are one table, such as those of a folder: each of them, in order.
   *
   * @returns undefined where it is a file itself
   * @throws InputError when there are none
   */
  parts?(): Promise<readonly TableSource[] | undefined>;
  /** Whether it can be read only once, as standard input. Default: no. */
  readonly once?: boolean;
  /**
   * Only of a folder that is one table as a whole, such as one of images in class folders: the format that reads it.
   *
   * @returns undefined where there is none
   * @throws InputError where the folder is nearly of such a format
   */
  folderFormat?(): Promise<TableFormat | undefined>;
  /** Formats beside those of every source, such as databases, which are read by their path. */
  readonly formats?: readonly TableFormat[];
  /**
   * The format of the answer of the option `query`.
   *
   * @throws InputError for what no query can read
   */
  query?(): Promise<TableFormat>;
}

/** How to read a file again. */
export interface ReadAgain {
  readonly options: StreamTableOptions;
  readonly note?: string;
}

/** An entry of the table of formats. */
export interface TableFormat {
  /** What help and docs call it. */
  readonly name: string;
  /** Endings of its files, such as `.csv`. */
  readonly extensions: readonly string[];
  /** The options that it takes, beside those of every format. Others are refused. Default: none. */
  readonly options?: readonly (keyof ReadTableOptions)[];
  /**
   * Whether a file is of this format, from its first bytes (at least 8, if the file has as many). A format without this
   * function is recognised by its extensions alone.
   */
  readonly matches?: (head: Uint8Array) => boolean;
  /**
   * Reads a table.
   *
   * @param source the file, for its name and for random access
   * @param chunks its content from the start, already unpacked
   * @throws InputError naming the file, and the row and column if there is one
   */
  read(source: TableSource, chunks: AsyncGenerator<ByteChunk>, options: ReadTableOptions): Promise<Table>;
  /**
   * Reads a table a block at a time, so that it may be longer than memory. The blocks hold the rows and values that `read`
   * gives. A format without this function is read as a whole.
   *
   * @param source the file, for its name and for random access: a format whose layout stands at its end reads there
   * @param chunks its content from the start, already unpacked; the caller ends it
   * @returns undefined for a file that must be read as a whole, such as one that is packed; nothing of `chunks` is used then
   * @throws InputError as `read` does
   */
  stream?(
    source: TableSource,
    chunks: AsyncGenerator<ByteChunk>,
    options: StreamTableOptions,
  ): Promise<TableStream | undefined>;
  /**
   * Whether an error in the middle of a stream shows that the file must be read again from its start in another way, which
   * `read` finds out by itself.
   *
   * @param head the first bytes of the file
   * @returns the options to read it with, and a note about them, if one is needed; undefined where the error is one of the file
   */
  readAgain?(
    error: unknown,
    source: TableSource,
    head: Uint8Array,
    options: StreamTableOptions,
  ): Promise<ReadAgain | undefined>;
}
