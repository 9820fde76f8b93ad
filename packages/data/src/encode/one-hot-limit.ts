import { flagList, InputError, notAllowed, quotedList } from '@lrfind/core';
import { areBooleans } from '../booleans.js';
import { parseDate } from '../date-text.js';
import type { Column, DateOrder, Table } from '../table.js';

/** Which text columns are one-hot encoded without a question. */
export interface OneHotOptions {
  /** The most categories. Default: 100, and at most a fifth of the rows. */
  readonly oneHotLimit?: number | undefined;
  /** Columns that may have any number. Default: none. */
  readonly categorical?: readonly string[] | undefined;
}

/** The usual limit; so many categories are taken of any table, however few its rows. */
const LIMIT = 100;
const FEW = 20;
/** A category that occurs in fewer rows on average teaches a model little. */
const ROWS_OF_EACH = 5;

/**
 * Refuses text columns that would become a great many features, such as names, identifiers, dates, or numbers that were not
 * recognised.
 *
 * @param table the table
 * @param columns indices of the feature columns
 * @param rows the number of usable rows
 * @throws InputError naming the column, its number of categories, and the options that answer the question
 */
export function checkCategories(
  table: Table,
  columns: readonly number[],
  rows: number,
  { oneHotLimit, categorical = [] }: OneHotOptions,
): void {
  if (oneHotLimit !== undefined && !(Number.isSafeInteger(oneHotLimit) && oneHotLimit >= 2))
    throw notAllowed('oneHotLimit', 'a whole number at least 2', oneHotLimit);
  const limit = oneHotLimit ?? Math.min(LIMIT, Math.max(FEW, Math.floor(rows / ROWS_OF_EACH)));
  for (const index of columns) {
    const column = table.columns[index] as Column;
    const { name, categories } = column;
    if (!categories || categories.length <= limit || areBooleans(categories) || categorical.includes(name)) continue;
    const dates = areDates(categories) ? ' --dates number or parts reads its dates,' : '';
    throw new InputError(
      `${table.source}: text column "${name}" must have at most ${limit} categories to be one-hot encoded over ${rows} rows; got ` +
        `${categories.length}: ${quotedList(categories, 4)}.${dates} --ignore ${flagList([name])} leaves it out, ` +
        `--categorical ${flagList([name])} or --one-hot-limit ${categories.length} takes it as it is`,
    );
  }
}

function areDates(categories: readonly string[]): boolean {
  const orders: readonly DateOrder[] = ['ymd', 'dmy', 'mdy'];
  return orders.some((order) => categories.every((text) => parseDate(text, order) !== undefined));
}
