import { InputError, quotedList } from '@lrfind/core';
import { type DateParts, daysOf, parseDate } from '../date-text.js';
import type { Column, DateOrder, Table } from '../table.js';
import type { ReadTableOptions } from './format.js';

/** A column of dates, and what becomes of it. */
interface DateColumn {
  readonly index: number;
  readonly order: DateOrder;
  /** For each category. */
  readonly parts: readonly DateParts[];
}

/** The numbers that a date has as parts; Monday is 0, as in pandas. */
const dateParts: readonly (readonly [name: string, of: (date: DateParts) => number])[] = [
  ['year', ({ year }) => year],
  ['month', ({ month }) => month],
  ['day', ({ day }) => day],
  ['weekday', (date) => (((Math.floor(daysOf({ ...date, seconds: 0, ahead: 0 })) + 3) % 7) + 7) % 7],
];
const timeParts: typeof dateParts = [
  ['hour', ({ seconds = 0 }) => Math.floor(seconds / 3600)],
  ['minute', ({ seconds = 0 }) => Math.floor(seconds / 60) % 60],
  ['second', ({ seconds = 0 }) => seconds % 60],
];

/**
 * Turns columns of dates into numbers. A text column holds dates if all its categories are dates in one order.
 *
 * @param table of any format
 * @param options `dates` says what becomes of them; with `text` they stay text, as pandas reads them
 * @returns the same table where nothing changes
 * @throws InputError for dates that can be read in two orders
 */
export function withDates(table: Table, options: ReadTableOptions): Table {
  const { dates = 'text', like } = options;
  if (dates === 'text') return table;
  const found = table.columns.flatMap((column, index) => {
    const order = orderLike(column.name, like) ?? options.dateOrder;
    const read = dateColumn(table.source, column, index, order);
    return read ? [read] : [];
  });
  if (found.length === 0) return table;
  const made = new Map(found.map((column) => [column.index, columnsFor(table, column, dates, like)]));
  const columns: (readonly [Column, (row: number) => number])[] = table.columns.flatMap((column, index) => {
    const own = made.get(index);
    if (own) return own;
    const width = table.columns.length;
    return [[column, (row: number) => table.values[row * width + index] as number] as const];
  });
  const values = new Float32Array(table.rows * columns.length);
  for (let row = 0, at = 0; row < table.rows; row++) for (const [, read] of columns) values[at++] = read(row);
  const names = quotedList(found.map(({ index }) => table.columns[index]?.name ?? ''));
  const note = {
    number: `dates of ${names} are days since 1970-01-01`,
    parts: `dates of ${names} are split into parts`,
    drop: `left out ${names}, which ${found.length === 1 ? 'holds' : 'hold'} dates`,
  }[dates];
  return { ...table, columns: columns.map(([column]) => column), values, notes: [...(table.notes ?? []), note] };
}

/** The order of the dates of a column in the table that this one is read like. */
function orderLike(name: string, like: ReadTableOptions['like']): DateOrder | undefined {
  return like?.columns.find((column) => column.name === name || column.name === `${name}.year`)?.dates;
}

function dateColumn(
  source: string,
  { name, categories }: Column,
  index: number,
  given: DateOrder | undefined,
): DateColumn | undefined {
  if (!categories || categories.length === 0) return undefined;
  const orders: readonly DateOrder[] = given ? [given] : ['ymd', 'dmy', 'mdy'];
  const read = orders.flatMap((order) => {
    const parts = categories.map((text) => parseDate(text, order));
    return parts.every((each) => each !== undefined) ? [{ index, order, parts }] : [];
  });
  const [first, second] = read;
  // Dates that begin with the year, or name the month, are the same in every order.
  if (!first || !second || first.order === 'ymd') return first;
  const example = categories.find((_, i) => first.parts[i]?.day !== second.parts[i]?.day);
  if (example === undefined) return first;
  throw new InputError(
    `${source}: dates of column "${name}" must be read in one order; one such as "${example}" may begin with the day or the month: --date-order dmy or mdy says which`,
  );
}

function columnsFor(
  table: Table,
  { index, order, parts }: DateColumn,
  dates: 'number' | 'parts' | 'drop',
  like: ReadTableOptions['like'],
): (readonly [Column, (row: number) => number])[] {
  if (dates === 'drop') return [];
  const { name } = table.columns[index] as Column;
  const width = table.columns.length;
  const code = (row: number) => table.values[row * width + index] as number;
  if (dates === 'number') {
    const days = parts.map(daysOf);
    const exact = Float64Array.from({ length: table.rows }, (_, row) => days[code(row)] ?? Number.NaN);
    return [[{ name, kind: 'number', exact, dates: order }, (row) => exact[row] as number]];
  }
  const timed = like
    ? like.columns.some((column) => column.name === `${name}.hour`)
    : parts.some(({ seconds }) => seconds !== undefined);
  return (timed ? [...dateParts, ...timeParts] : dateParts).map(([part, of]) => {
    const numbers = parts.map(of);
    const column = { name: `${name}.${part}`, kind: 'number', dates: order } as const;
    return [column, (row: number) => numbers[code(row)] ?? Number.NaN];
  });
}
