import type { ColumnDescription } from '@lrfind/core/results';
import type { ColumnRoles } from '../encode/column-roles.js';
import { columnDeviation, columnMeans, columnRanges } from '../encode/column-statistics.js';
import { featureCount } from '../encode/encode-features.js';
import { type Column, columnReader, type Table } from '../table.js';
import { shortestDecimal } from './shortest-decimal.js';
import { datesAmong, isBooleanPair, isProse } from './words.js';

/** Beyond so many different numbers they are not counted, which would take memory by the rows. */
const COUNTED_NUMBERS = 50;

/** Categories that a description lists. */
const LISTED_CATEGORIES = 20;

/** What a column holds, apart from what it is used for. */
type Contents = Pick<ColumnDescription, 'kind' | 'missing' | 'distinct' | 'numbers' | 'categories'>;

/**
 * Describes each column of a table: kind, range, missing values, categories. Statistics are over all rows that have a value.
 *
 * @param roles what each column is used for
 */
export function describeColumns(table: Table, roles: ColumnRoles): ColumnDescription[] {
  const numeric = table.columns.flatMap(({ kind }, column) => (kind === 'number' ? [column] : []));
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const mean = columnMeans(table, numeric, rows);
  const { least, most } = columnRanges(table, numeric, rows);
  const deviation = columnDeviation(table, numeric, rows, mean);
  const features = new Set(roles.features);
  const places = new Map(numeric.map((column, i) => [column, i]));
  return table.columns.map((column, index) => {
    const i = places.get(index);
    const contents =
      i === undefined
        ? wordsOf(table, index, column)
        : numbersOf(table, index, {
            low: shortestDecimal(least[i] as number),
            high: shortestDecimal(most[i] as number),
            mean: mean[i] as number,
            deviation: deviation[i] as number,
          });
    return {
      name: column.name,
      ...contents,
      role: roleOf(index, roles),
      features: features.has(index) ? featureCount(table, index) : 0,
    };
  });
}

function roleOf(column: number, { targets, ignored, weightColumn }: ColumnRoles): ColumnDescription['role'] {
  if (targets.includes(column)) return 'target';
  if (column === weightColumn) return 'weight';
  return ignored.includes(column) ? 'ignored' : 'feature';
}

function numbersOf(
  table: Table,
  column: number,
  statistics: Omit<NonNullable<ColumnDescription['numbers']>, 'whole'>,
): Contents {
  const read = columnReader(table, column);
  const seen = new Set<number>();
  let missing = 0;
  let whole = true;
  let before = Number.NaN;
  for (let row = 0; row < table.rows; row++) {
    const value = read(row);
    if (value === before) continue;
    before = value;
    if (Number.isNaN(value)) missing += 1;
    else {
      if (whole && !Number.isInteger(value)) whole = false;
      if (seen.size <= COUNTED_NUMBERS) seen.add(value);
    }
  }
  const distinct = seen.size > COUNTED_NUMBERS ? null : seen.size;
  const { dates } = table.columns[column] as Column;
  const isBoolean = distinct === 2 && seen.has(0) && seen.has(1);
  return {
    kind: distinct !== null && distinct < 2 ? 'constant' : dates ? 'date' : isBoolean ? 'boolean' : 'number',
    missing,
    distinct,
    numbers: distinct === 0 ? null : { ...statistics, whole },
    categories: null,
  };
}

function wordsOf(table: Table, index: number, { categories = [] }: Column): Contents {
  const counts = new Uint32Array(categories.length);
  const read = columnReader(table, index);
  let missing = 0;
  for (let row = 0; row < table.rows; row++) {
    const code = read(row);
    if (Number.isNaN(code)) missing += 1;
    else counts[code] = (counts[code] as number) + 1;
  }
  const used = categories
    .map((value, code) => ({ value, rows: counts[code] as number }))
    .filter(({ rows }) => rows > 0);
  const words = used.map(({ value }) => value);
  const kind = () => {
    if (words.length < 2) return 'constant';
    if (isBooleanPair(words)) return 'boolean';
    if (datesAmong(words)) return 'date';
    return isProse(words, table.rows - missing) ? 'text' : 'category';
  };
  return {
    kind: kind(),
    missing,
    distinct: used.length,
    numbers: null,
    categories: used.toSorted((a, b) => b.rows - a.rows).slice(0, LISTED_CATEGORIES),
  };
}
