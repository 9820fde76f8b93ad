import { InputError, nearest } from '@lrfind/core';

/** A column of a table. */
export interface Column {
  /** As in the header, without surrounding spaces. */
  readonly name: string;
  /** A `text` column holds categories; the reader recognised it as such, or the caller declared it so. */
  readonly kind: 'number' | 'text';
  /** Only for text: the distinct values, sorted as numbers if all of them are numbers, otherwise by code point. */
  readonly categories?: readonly string[];
  /**
   * Only for text: the categories are classes 0, 1, 2, … in their order, also where they are written as numbers, such as the names of
   * folders. They are then sorted by code point.
   */
  readonly areClasses?: true;
  /**
   * Only for a number column with values beyond ±2^24: all its values in double precision. A float32 holds every
   * integer up to 2^24 but not beyond, so different identifiers, time stamps or large labels could become equal.
   */
  readonly exact?: Float64Array;
  /** Only for a number column whose numbers are not written as programs write them, such as `1.234,5`: how they are. */
  readonly written?: NumberFormat;
  /** Only for numbers made from dates: the order of year, month and day in them. */
  readonly dates?: DateOrder;
}

/** How numbers are written in a text. */
export interface NumberFormat {
  readonly decimal: '.' | ',';
  /** What separates thousands; `space` stands for every kind of blank, and an empty text for nothing. */
  readonly thousands: '' | ',' | '.' | 'space' | "'";
}

/** The order of year, month and day in a date. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/** Columns that are one array of the file, such as the pixels of an image. Options name them together. */
export interface ColumnGroup {
  readonly name: string;
  /** Shape of the array's rows; `[]` for a number each. */
  readonly shape: readonly number[];
  /** Index of its first column. */
  readonly from: number;
  /** Index after its last column. */
  readonly to: number;
}

/** The content of a file with a header and a row for each record. */
export interface Table {
  /** What messages call it, such as its path. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /**
   * `rows × columns`, row after row: the number, or the index into `categories` for text; NaN where the value is
   * missing. Rounded to float32; see `Column.exact`.
   */
  readonly values: Float32Array;
  /**
   * Where a row is in the file, for messages, in the terms of its format: `row 12 (line 13)`.
   *
   * @param row index of the row, from 0
   */
  readonly place: (row: number) => string;
  /** What was assumed or left out when it was read, in sentences. Default: nothing. */
  readonly notes?: readonly string[];
  /** The arrays of a file that holds several. Default: every column stands alone. */
  readonly groups?: readonly ColumnGroup[];
  /** The column or group that is the target unless an option names another one. Default: the last column. */
  readonly defaultTarget?: string;
  /** Where the rows are a sample: what is known of all rows. Left out where they are all there are. */
  readonly whole?: WholeTable | undefined;
}

/** How many rows of a table have what is needed. */
export interface RowCounts {
  /** All rows of the table. */
  readonly rows: number;
  /** Rows that have all targets. */
  readonly labelled: number;
  /** Rows that have all targets and all features. */
  readonly complete: number;
  /** For each target column, by its index, how many rows lack it; only columns that are lacking somewhere. */
  readonly missingTargets: ReadonlyMap<number, number>;
  /** For each feature column, by its index, how many labelled rows lack it; only columns that are lacking somewhere. */
  readonly missingFeatures: ReadonlyMap<number, number>;
}

/** Statistics of columns over all usable rows, without missing values: an entry for each column of the table, NaN for text. */
export interface WholeStatistics {
  readonly mean: Float64Array;
  /** The population standard deviation. */
  readonly deviation: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** What is known of all rows of a table of which only a sample is in memory. A row is usable if it has what `scanTable` asks for. */
export interface WholeTable {
  /** Number of usable rows. */
  readonly usable: number;
  readonly counts: RowCounts;
  readonly statistics: WholeStatistics;
  /** For a numeric target column, by its index: the different values in ascending order, where there are at most 10,000. */
  readonly labels: ReadonlyMap<number, readonly number[]>;
  /** For each text feature, by its index: how many usable rows have each of its categories. */
  readonly categoryRows: ReadonlyMap<number, Float64Array>;
  /** Decided which rows are in the sample. */
  readonly seed: number;
  /** For each row of the sample its number among the usable rows, ascending. */
  readonly numbers: Float64Array;
  /** Indices of the target and feature columns, and the policy for missing features, that decided which rows are usable. */
  readonly used: {
    readonly targets: readonly number[];
    readonly features: readonly number[];
    readonly missing: string;
  };
  /** All usable rows, in the order of the file; left out where they were not stored. */
  readonly blocks?: TableBlocks | undefined;
}

/** A table that is stored in blocks. */
export interface TableBlocks {
  /** Rows of each block. */
  readonly lengths: readonly number[];
  /**
   * Reads a block: a table with the columns of the sample, categories included.
   *
   * @throws InputError when it cannot be read
   */
  read(block: number): Promise<Table>;
  /** Frees the place that the blocks take; once, or again without effect. */
  close(): Promise<void>;
}

/** A table's columns, and what its file calls them, without its rows. */
export type NamedLayout = TableLayout & Pick<Table, 'groups' | 'defaultTarget' | 'notes'>;

/** A table's columns without its rows. */
export type TableLayout = Pick<Table, 'source' | 'columns'>;

/**
 * Reads a column in double precision.
 *
 * @param column index of the column
 * @returns a function from a row's index to its number or category index; NaN when the value is missing
 */
export function columnReader(table: Table, column: number): (row: number) => number {
  const { values } = table;
  const width = table.columns.length;
  const exact = table.columns[column]?.exact;
  return exact ? (row) => exact[row] as number : (row) => values[row * width + column] as number;
}

/** Columns that follow each other, in a list of columns as in the table. */
export interface ColumnRun {
  /** Index of the first one in the list. */
  readonly at: number;
  /** Its index in the table. */
  readonly column: number;
  readonly length: number;
}

/**
 * The runs of columns that follow each other. A table is stored row by row, so reading a large one column by column takes several
 * times as long; and within a run nothing must be looked up, which takes as long as reading a number.
 *
 * @param columns their indices
 * @param isTaken whether a column is in a run at all. Default: all are
 */
export function columnRuns(
  columns: readonly number[],
  isTaken: (column: number) => boolean = () => true,
): readonly ColumnRun[] {
  const runs: ColumnRun[] = [];
  for (const [at, column] of columns.entries()) {
    if (!isTaken(column)) continue;
    const last = runs.at(-1);
    if (last && last.at + last.length === at && last.column + last.length === column)
      runs[runs.length - 1] = { ...last, length: last.length + 1 };
    else runs.push({ at, column, length: 1 });
  }
  return runs;
}

/**
 * The columns that have numbers of their own in double precision; the numbers of the others are in `Table.values`.
 *
 * @param columns indices of those to look at
 * @returns for each one its index in the list, and its numbers
 */
export function exactColumns(
  table: Table,
  columns: readonly number[],
): readonly { readonly at: number; readonly exact: Float64Array }[] {
  return columns.flatMap((column, at) => {
    const exact = table.columns[column]?.exact;
    return exact ? [{ at, exact }] : [];
  });
}

/**
 * Finds a column by its name.
 *
 * @param source what messages call the table
 * @param names all columns
 * @param name the wanted one
 * @param option the option that names it, for messages
 * @returns its index
 * @throws InputError when there is none, with the nearest name
 */
export function columnIndex(source: string, names: readonly string[], name: string, option: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new InputError(`${option}: ${source} has no column "${name}"; ${columnHint(names, name)}`);
}

/**
 * The end of a message about a missing column: the nearest name if one is close, otherwise the names of the columns.
 *
 * @param names all columns
 * @param name the missing one
 * @param candidates the columns that the caller may have meant; all by default
 */
export function columnHint(names: readonly string[], name: string, candidates = names): string {
  const near = nearest(name, candidates);
  const shown = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
  return near === undefined ? `its columns are ${shown}` : `did you mean "${near}"?`;
}
