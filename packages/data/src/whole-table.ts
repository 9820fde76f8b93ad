import type { Table } from './table.js';

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
