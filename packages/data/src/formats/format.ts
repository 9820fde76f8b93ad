import type { ByteChunk, ByteSource } from '../bytes.js';
import type { Table, TableLayout } from '../table.js';
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

/** Where a table comes from: a file, or several that are one table. Every byte source is one. */
export interface TableSource extends ByteSource {
  /**
   * Only of several files that are one table, such as those of a folder: each of them, in order.
   *
   * @returns undefined where it is a file itself
   * @throws InputError when there are none
   */
  parts?(): Promise<readonly TableSource[] | undefined>;
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
   * Reads the answer of the option `query`.
   *
   * @throws InputError for a query that is refused, and for what no query can read
   */
  query?(options: ReadTableOptions): Promise<Table>;
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
}
