import { columnRuns, exactColumns, type Table } from '../table.js';

/**
 * The means of columns without their missing values, computed in double precision; NaN for a column without any value. Of a sample,
 * those of the whole table.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows to use
 */
export function columnMeans(table: Table, columns: readonly number[], rows: Int32Array): Float64Array {
  if (table.whole) return pick(table.whole.statistics.mean, columns);
  const { single, double } = numbersOf(table, columns);
  const { values } = table;
  const width = table.columns.length;
  const missing = new Float64Array(columns.length);
  const sum = new Float64Array(columns.length);
  for (const row of rows)
    for (const { at, column, length } of single) addValues(values, row * width + column, length, at, missing, sum);
  for (const { at, exact } of double) for (const row of rows) addValues(exact, row, 1, at, missing, sum);
  return sum.map((total, i) => total / (rows.length - (missing[i] as number)));
}

/**
 * Adds the values of a run in one row. A function of its own with plain arguments, which V8 optimises better than nested loops and
 * what a closure holds.
 *
 * @param start where the run begins in the values
 * @param at its index among the columns
 */
function addValues(
  values: Float32Array | Float64Array,
  start: number,
  length: number,
  at: number,
  missing: Float64Array,
  sum: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = values[start + i] as number;
    if (Number.isNaN(value)) missing[at + i] = (missing[at + i] as number) + 1;
    else sum[at + i] = (sum[at + i] as number) + value;
  }
}

/**
 * The least and the largest values of columns, in double precision; infinite for a column without any value. Of a sample, those of
 * the whole table.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows to use
 */
export function columnRanges(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
): { readonly least: Float64Array; readonly most: Float64Array } {
  if (table.whole) {
    const { least, most } = table.whole.statistics;
    return { least: pick(least, columns), most: pick(most, columns) };
  }
  const { single, double } = numbersOf(table, columns);
  const { values } = table;
  const width = table.columns.length;
  const least = new Float64Array(columns.length).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(columns.length).fill(Number.NEGATIVE_INFINITY);
  for (const row of rows)
    for (const { at, column, length } of single) widen(values, row * width + column, length, at, least, most);
  for (const { at, exact } of double) for (const row of rows) widen(exact, row, 1, at, least, most);
  return { least, most };
}

/** As `addValues`. */
function widen(
  values: Float32Array | Float64Array,
  start: number,
  length: number,
  at: number,
  least: Float64Array,
  most: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = values[start + i] as number;
    if (value < (least[at + i] as number)) least[at + i] = value;
    if (value > (most[at + i] as number)) most[at + i] = value;
  }
}

/**
 * The population standard deviation of columns (the squares are divided by n, not n − 1), computed in double precision.
 * Squares are taken around the mean, so a large mean costs no digits. Of a sample, that of the whole table.
 *
 * @param table the table
 * @param columns indices of numeric columns
 * @param rows indices of the rows to use
 * @param mean the means of the columns
 */
export function columnDeviation(
  table: Table,
  columns: readonly number[],
  rows: Int32Array,
  mean: Float64Array,
): Float64Array {
  if (table.whole) return pick(table.whole.statistics.deviation, columns);
  const { single, double } = numbersOf(table, columns);
  const { values } = table;
  const width = table.columns.length;
  const missing = new Float64Array(columns.length);
  const squares = new Float64Array(columns.length);
  for (const row of rows)
    for (const { at, column, length } of single)
      addSquares(values, row * width + column, length, at, mean, missing, squares);
  for (const { at, exact } of double) for (const row of rows) addSquares(exact, row, 1, at, mean, missing, squares);
  return squares.map((total, i) => Math.sqrt(total / (rows.length - (missing[i] as number))));
}

/** As `addValues`. */
function addSquares(
  values: Float32Array | Float64Array,
  start: number,
  length: number,
  at: number,
  mean: Float64Array,
  missing: Float64Array,
  squares: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = values[start + i] as number;
    const difference = value - (mean[at + i] as number);
    if (Number.isNaN(value)) missing[at + i] = (missing[at + i] as number) + 1;
    else squares[at + i] = (squares[at + i] as number) + difference * difference;
  }
}

/** Where the numbers of columns are. */
function numbersOf(table: Table, columns: readonly number[]) {
  return {
    single: columnRuns(columns, (column) => table.columns[column]?.exact === undefined),
    double: exactColumns(table, columns),
  };
}

function pick(values: Float64Array, columns: readonly number[]): Float64Array {
  return Float64Array.from(columns, (column) => values[column] as number);
}
