import { assertOptions, InputError, notAllowed, sizeText } from '@lrfind/core';
import { areBooleans } from '../booleans.js';
import { type ColumnRoles, columnRoles, columnRolesLike, type RoleOptions } from '../encode/column-roles.js';
import type { MissingPolicy } from '../encode/missing-values.js';
import { sortCategories } from '../formats/csv/column-values.js';
import { RowStore } from '../formats/csv/row-store.js';
import type { ReadTableOptions, TableBlock, TableSource, TableStream } from '../formats/format.js';
import { readBlocks, readOptionNames } from '../formats/registry.js';
import { streamOf } from '../formats/stream-of.js';
import type { NamedLayout, Table, TableLayout } from '../table.js';
import type { BlockStore } from './block-store.js';
import { recode, type SortedCategories, withCategories } from './stored-blocks.js';
import { WholeScan } from './whole-scan.js';

/** How to read a table that may be larger than memory, and what its rows are for. */
export interface ScanTableOptions extends Omit<ReadTableOptions, 'missing'>, RoleOptions {
  /** What to do with missing features: rows that are dropped are not in the sample. */
  readonly missing: MissingPolicy;
  /** What else stands for a missing value, as the option `missing` of `readTable`. Default: the usual markers alone. */
  readonly markers?: readonly string[] | undefined;
  /**
   * Bytes that the rows may take: as read, as encoded and on the device. A table that takes more is sampled. Default: 1 GB.
   */
  readonly memory?: number | undefined;
  /** Rows in the sample, at most; fewer where they would take more than half of `memory`. Default: 500,000. */
  readonly sampleRows?: number | undefined;
  /** Decides which rows are in the sample. Default: 0. */
  readonly seed?: number | undefined;
  /** Makes a place for all rows of a table that is sampled, to train on them. Default: they are not stored. */
  readonly store?: (() => Promise<BlockStore>) | undefined;
  /** Rows in a stored block. Default: those of about a megabyte. */
  readonly blockRows?: number | undefined;
}

/** The options that are not those of `readTable`. The compiler checks that none is missing. */
const ownNames = Object.keys({
  target: true,
  ignore: true,
  sampleWeight: true,
  missing: true,
  markers: true,
  memory: true,
  sampleRows: true,
  seed: true,
  store: true,
  blockRows: true,
} satisfies Record<Exclude<keyof ScanTableOptions, Exclude<keyof ReadTableOptions, 'missing'>>, true>);

/** Default of `memory`. */
const MEMORY = 1e9;
/** Default of `sampleRows`. */
const SAMPLE_ROWS = 500_000;
/** Bytes of a number: as read, as encoded and on the device. */
const NUMBER_BYTES = 12;
/** From this many times the rows that fit, an estimate is believed: reading on to be sure would only take memory. */
const CERTAIN = 2;
/** Rows for which there is room at the start. */
const FIRST_ROWS = 1024;

/**
 * Reads a table of any length, in one pass and bounded memory. One whose rows fit is returned whole, as `readTable` gives it.
 * Of a longer one, a uniform sample of the usable rows is returned, in the order of the file, with statistics of all rows:
 * counts, means, deviations, ranges and categories. So `encodeTable` scales and encodes the sample as it would the whole.
 * Which rows are drawn depends on the seed and their numbers alone.
 *
 * With `like`, `target` is by default the last column of the other table.
 *
 * @returns a table whose `whole` is there where it is a sample
 * @throws InputError as `readTable` does for any row, also those that are not drawn; for columns that do not exist; for a text
 *   column whose categories take more than half of `memory`; and where no row is usable
 *
 * @example
 * const table = await scanTable(fileSource('large.csv'), { target: 'price', missing: 'mean', memory: 5e8 });
 */
export async function scanTable(source: TableSource, options: ScanTableOptions): Promise<Table> {
  assertOptions(options, [...readOptionNames, ...ownNames]);
  const { target, sampleWeight, missing, memory: _, sampleRows: __, seed, store, ...others } = options;
  const { memory = MEMORY, sampleRows = SAMPLE_ROWS } = options;
  const { blockRows = 1, ignore, markers, ...reading } = others;
  if (!(memory > 0)) throw notAllowed('memory', 'a number of bytes above 0', memory);
  for (const [name, count] of Object.entries({ sampleRows, blockRows }))
    if (!Number.isSafeInteger(count) || count < 1) throw notAllowed(name, 'a whole number at least 1', count);
  let scanned = false;
  const streaming = { ...reading, ...(ignore && { ignore }), ...(markers && { missing: markers }) };
  const table = await readBlocks(source, streaming, async (stream) => {
    const found = await scan(stream, options, memory, sampleRows);
    scanned = true;
    return found;
  });
  return scanned ? table : sampleOfWhole(table, options, memory, sampleRows);
}

function rolesOf(table: NamedLayout, options: ScanTableOptions): ColumnRoles {
  return options.like ? columnRolesLike(table, options.like, options) : columnRoles(table, options);
}

/** The numbers that a row has once it is encoded. */
function encodedNumbers(features: readonly number[], categoriesOf: (column: number) => readonly string[] | undefined) {
  return features.reduce((sum, column) => {
    const categories = categoriesOf(column);
    return sum + (categories && !areBooleans(categories) ? categories.length : 1);
  }, 0);
}

/** Rows of so many columns that fit as they are read; what one-hot columns take comes on top. */
function rowsThatFit(memory: number, width: number): number {
  return Math.max(1, Math.floor(memory / NUMBER_BYTES / width));
}

/** Takes a sample of a table that was read as a whole, if its rows do not fit once they are encoded. */
async function sampleOfWhole(
  table: Table,
  options: ScanTableOptions,
  memory: number,
  sampleRows: number,
): Promise<Table> {
  const { rows, columns } = table;
  const rowBytes = (features: readonly number[]) =>
    4 * columns.length + 8 * encodedNumbers(features, (column) => columns[column]?.categories);
  const fits = rowsThatFit(memory, columns.length);
  if (rows <= fits && rows * rowBytes([...columns.keys()]) <= memory) return table;
  const roles = rolesOf(table, options);
  const bytes = rowBytes(roles.features);
  if (rows <= fits && rows * bytes <= memory) return table;
  const most = Math.max(1, Math.floor(memory / 2 / bytes));
  const stream = streamOf(table);
  const size = Math.min(sampleRows, most, rowsThatFit(memory / 2, columns.length));
  const scanning = new WholeScan(stream, roles, { ...options, size, store: await options.store?.() });
  try {
    for await (const block of stream.blocks) await scanning.add(block);
    return await scanning.end(sortedCategories(stream), most);
  } catch (error) {
    await scanning.close();
    throw error;
  }
}

async function scan(
  stream: TableStream,
  options: ScanTableOptions,
  memory: number,
  sampleRows: number,
): Promise<Table> {
  const { layout, blocks } = stream;
  const width = layout.columns.length;
  const fits = rowsThatFit(memory, width);
  const roles = rolesOf(layout, options);
  let kept = new RowStore(width, Math.min(fits, FIRST_ROWS));
  let scanning: WholeScan | undefined;
  const begin = async () => {
    // What one-hot columns take is counted when the categories are known.
    const size = Math.min(sampleRows, rowsThatFit(memory / 2, width));
    scanning = new WholeScan(stream, roles, { ...options, size, store: await options.store?.() });
    await scanning.add({ ...contents(kept, layout), lines: kept.lines });
    kept = new RowStore(width, 0);
    return scanning;
  };
  try {
    let rows = 0;
    for await (const block of blocks) {
      rows += block.rows;
      const texts = stream.categoryBytes();
      if (texts > memory / 2)
        throw tooManyTexts(stream, memory, stream.place(rows - 1, block.lines[block.rows - 1] as number));
      const expected = block.fraction > 0 ? (rows / block.fraction) * 1.02 : 0;
      const room = fits - texts / NUMBER_BYTES / width;
      if (!scanning && (rows > room || expected > CERTAIN * room)) await begin();
      if (scanning) await scanning.add(block);
      else keep(kept, block, expected, fits);
      options.onProgress?.({ fraction: block.fraction, rows });
    }
    const sorted = sortedCategories(stream);
    const rowBytes = 4 * width + 8 * encodedNumbers(roles.features, (column) => sorted.get(column)?.names);
    // One-hot columns may take more than those that were read.
    const whole = scanning ?? (rows * rowBytes > memory ? await begin() : undefined);
    if (whole) return await whole.end(sorted, Math.max(1, Math.floor(memory / 2 / rowBytes)));
    return wholeTable(stream, kept, sorted);
  } catch (error) {
    await scanning?.close();
    throw error;
  }
}

/** The error about text columns whose categories do not fit into memory. */
function tooManyTexts({ layout, categories }: TableStream, memory: number, place: string): InputError {
  const counts = layout.columns.map(({ kind }, column) => (kind === 'text' ? categories(column).length : 0));
  const most = counts.indexOf(Math.max(...counts));
  return new InputError(
    `${layout.source}: the categories of column "${layout.columns[most]?.name}" must fit into half of the memory for rows, ${sizeText(memory / 2)}; got ${counts[most]} of them up to ${place}; leave it out with --ignore, or give more --memory`,
  );
}

/** Appends a block to the rows that are kept. */
function keep(kept: RowStore, block: TableBlock, expected: number, fits: number): void {
  const { width } = kept;
  const needed = kept.rows + block.rows;
  while (kept.capacity < needed) kept.grow(Math.max(expected, needed), fits);
  kept.values.set(block.values.subarray(0, block.rows * width), kept.rows * width);
  kept.lines.set(block.lines.subarray(0, block.rows), kept.rows);
  for (const [column, { exact }] of block.columns.entries())
    for (let row = 0; exact && row < block.rows; row++) kept.keepExact(kept.rows + row, column, exact[row] as number);
  kept.rows = needed;
}

/** The rows that are kept, as a table without categories. */
function contents(kept: RowStore, { columns }: TableLayout): Pick<Table, 'rows' | 'columns' | 'values'> {
  return {
    rows: kept.rows,
    columns: columns.map((column, i) => {
      const exact = kept.exact(i);
      return { ...column, ...(exact && { exact }) };
    }),
    values: kept.values.subarray(0, kept.rows * kept.width),
  };
}

/** The sorted categories of the text columns, and the index of each among them, in the order of their first appearance. */
function sortedCategories({ layout, categories }: TableStream): SortedCategories {
  const text = layout.columns.flatMap(({ kind }, column) => (kind === 'text' ? [column] : []));
  return new Map(
    text.map((column) => {
      const seen = categories(column);
      const names = sortCategories([...new Set(seen)]);
      const position = new Map(names.map((name, i) => [name, i]));
      return [column, { names, index: Int32Array.from(seen, (name) => position.get(name) as number) }];
    }),
  );
}

/** The table whose rows are all kept. */
function wholeTable({ layout, place, notes }: TableStream, kept: RowStore, sorted: SortedCategories): Table {
  const table = contents(kept, layout);
  const { lines } = kept;
  recode(table.values, kept.width, sorted);
  return {
    ...layout,
    ...table,
    columns: withCategories(table.columns, sorted),
    place: (row) => place(row, lines[row] as number),
    ...(notes && { notes }),
  };
}
