import type { BytePiece, ByteSource } from '../bytes.js';
import type { Table, TableLayout } from '../table.js';

/** How to read a table. */
export interface ReadTableOptions {
  /**
   * The character between two fields of a CSV file. Default: a tab for .tsv and .tab (also with .gz), else whichever of
   * comma, tab and semicolon is most frequent in the header.
   */
  readonly delimiter?: string;
  /** Columns that hold categories although their values look like numbers. Default: none. */
  readonly categorical?: readonly string[];
  /**
   * A table that was read before and that this one belongs to, such as the training rows of these test rows. Each column
   * is then of the kind that it has there, whatever its values look like; columns that are missing there are text.
   * `categorical` is then ignored.
   */
  readonly like?: TableLayout;
  /** Called now and then while reading; `fraction` is the share of the file read so far, 0 where its length is unknown. */
  readonly onProgress?: (progress: { readonly fraction: number; readonly rows: number }) => void;
}

/** An entry of the table of formats. */
export interface TableFormat {
  /** What help and docs call it. */
  readonly name: string;
  /** Endings of its files, such as `.csv`. */
  readonly extensions: readonly string[];
  /** Whether these first bytes, at least 8 where the file has as many, are of this format. Left out: known by its extension alone. */
  readonly matches?: (head: Uint8Array) => boolean;
  /**
   * Reads a table.
   *
   * @param source the file, for its name and for random access
   * @param pieces its content from the start, already unpacked
   * @throws InputError naming the file, and row and column where there is one
   */
  read(source: ByteSource, pieces: AsyncGenerator<BytePiece>, options: ReadTableOptions): Promise<Table>;
}
