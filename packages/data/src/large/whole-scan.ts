import { areBooleans } from '../booleans.js';
import type { ColumnRoles } from '../encode/column-roles.js';
import { countRows, type MissingPolicy, noUsableRows } from '../encode/missing-values.js';
import type { TableBlock, TableStream } from '../formats/format.js';
import { columnReader, type RowCounts, type Table } from '../table.js';
import type { BlockStore } from './block-store.js';
import { RowSample } from './row-sample.js';
import { RunningStatistics } from './running-statistics.js';
import { BlockWriter, recode, type SortedCategories, withCategories } from './stored-blocks.js';

/** What decides the sample of a scan. */
export interface WholeScanOptions {
  readonly missing: MissingPolicy;
  /** Rows of the sample, at most. */
  readonly size: number;
  readonly seed?: number | undefined;
  /** Where all usable rows are put. Default: nowhere. */
  readonly store: BlockStore | undefined;
  /** Rows of a stored block. Default: those of about a megabyte. */
  readonly blockRows?: number | undefined;
}

/** Numbers in a stored block, about. */
const BLOCK_NUMBERS = 1 << 18;
/** The most different values of a target that are remembered, as they may be labels. */
const MOST_LABELS = 10_000;

/** A pass over all rows of a table: counts, statistics, a sample, and the rows themselves into a store. */
export class WholeScan {
  readonly #stream: TableStream;
  readonly #roles: ColumnRoles;
  readonly #missing: MissingPolicy;
  readonly #seed: number;
  readonly #sample: RowSample;
  readonly #statistics: RunningStatistics;
  readonly #store: BlockStore | undefined;
  readonly #writer: BlockWriter | undefined;
  readonly #counts = { rows: 0, labelled: 0, complete: 0 };
  readonly #missingTargets = new Map<number, number>();
  readonly #missingFeatures = new Map<number, number>();
  /** The values of each numeric target so far; null where they are too many. */
  readonly #labels = new Map<number, Set<number> | null>();

  /** @param stream whose blocks the caller adds */
  constructor(stream: TableStream, roles: ColumnRoles, options: WholeScanOptions) {
    const { size, seed = 0, store, missing, blockRows } = options;
    const { columns } = stream.layout;
    const width = columns.length;
    this.#stream = stream;
    this.#roles = roles;
    this.#missing = missing;
    this.#seed = seed;
    this.#sample = new RowSample(width, size, seed);
    const isNumber = (column: number) => columns[column]?.kind === 'number';
    // A text column may turn out to hold booleans, which are numbers.
    const counted = [...roles.features, ...roles.targets.filter(isNumber)];
    this.#statistics = new RunningStatistics(counted, width);
    this.#store = store;
    this.#writer = store && new BlockWriter(store, width, blockRows ?? Math.ceil(BLOCK_NUMBERS / width));
    for (const column of roles.targets.filter(isNumber)) this.#labels.set(column, new Set());
  }

  /** Adds the next rows of the file. */
  async add(block: Pick<TableBlock, 'rows' | 'columns' | 'values' | 'lines'>): Promise<void> {
    const { rows, counts } = countRows(block, this.#roles.features, this.#roles.targets, this.#missing);
    const first = this.#counts.rows;
    this.#counts.rows += counts.rows;
    this.#counts.labelled += counts.labelled;
    this.#counts.complete += counts.complete;
    join(this.#missingTargets, counts.missingTargets);
    join(this.#missingFeatures, counts.missingFeatures);
    this.#statistics.add(block, rows);
    this.#collectLabels(block, rows);
    this.#sample.offer(block, rows, first);
    await this.#writer?.add(block, rows, first);
  }

  /**
   * Ends the scan.
   *
   * @param sorted the categories of the text columns
   * @param most rows of the sample, now that it is known what they take
   * @returns the sample
   * @throws InputError where no row is usable
   */
  async end(sorted: SortedCategories, most: number): Promise<Table> {
    const { layout, place, notes } = this.#stream;
    const { features, targets } = this.#roles;
    const usable = this.#sample.offered;
    const counts: RowCounts = {
      ...this.#counts,
      missingTargets: this.#missingTargets,
      missingFeatures: this.#missingFeatures,
    };
    if (usable === 0) throw noUsableRows(layout, counts);
    await this.#writer?.end();
    const { rows, values, exact, lines, numbers, fileRows } = this.#sample.take(most);
    recode(values, layout.columns.length, sorted);
    const columns = layout.columns.map((column, i) => {
      const own = exact.get(i);
      return { ...column, ...(own && { exact: own }) };
    });
    const labels = [...this.#labels].flatMap(([column, seen]) =>
      seen ? [[column, [...seen].sort((a, b) => a - b)] as const] : [],
    );
    return {
      ...layout,
      rows,
      columns: withCategories(columns, sorted),
      values,
      place: (row) => place(fileRows[row] as number, lines[row] as number),
      ...(notes && { notes }),
      whole: {
        usable,
        counts,
        statistics: this.#statistics.get((column) => meaningOf(sorted.get(column))),
        labels: new Map(labels),
        seed: this.#seed,
        numbers,
        used: { targets, features, missing: this.#missing },
        blocks: this.#writer?.open({ ...layout, sorted, place }),
      },
    };
  }

  /** Frees the store of a scan that has failed. */
  async close(): Promise<void> {
    await this.#store?.close();
  }

  #collectLabels(block: Pick<TableBlock, 'columns' | 'values'>, rows: Int32Array): void {
    for (const [column, seen] of this.#labels) {
      if (!seen) continue;
      const read = columnReader(block as Table, column);
      for (const row of rows) seen.add(read(row));
      if (seen.size > MOST_LABELS) this.#labels.set(column, null);
    }
  }
}

function join(counts: Map<number, number>, added: ReadonlyMap<number, number>): void {
  for (const [column, count] of added) counts.set(column, (counts.get(column) ?? 0) + count);
}

/** What the categories of a column, as they were numbered while reading, are as numbers. */
function meaningOf(categories: { readonly names: readonly string[]; readonly index: Int32Array } | undefined) {
  if (!categories) return 'number';
  if (!areBooleans(categories.names)) return 'none';
  return categories.index[0] === 0 ? 'number' : 'flipped';
}
