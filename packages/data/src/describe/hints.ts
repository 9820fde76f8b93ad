import { counted, countText, flagList, quotedList } from '@lrfind/core';
import type { ColumnDescription, TargetDescription } from '@lrfind/core/results';
import { columnReader, type Table } from '../table.js';

/** A one-hot column for each of more categories is hardly meant. */
const MANY_CATEGORIES = 50;

/** Classes of which one is so many times as frequent as another are out of balance. */
const IMBALANCE = 5;

/** A number column with at most so many different whole numbers may hold codes. */
const FEW_NUMBERS = 10;

/** Columns that a hint names one by one; of more, such as pixels, it would be noise. */
const FEW_COLUMNS = 6;

/** What deserves a look, with the option that changes it, in sentences. */
export function hints(
  table: Table,
  columns: readonly ColumnDescription[],
  targets: readonly TargetDescription[],
): string[] {
  const features = columns.filter(({ role }) => role === 'feature');
  const namesOf = (wanted: (column: ColumnDescription) => boolean) => features.filter(wanted).map(({ name }) => name);
  const option = (flag: string, names: readonly string[]) => `${flag} ${flagList(names)}`;
  const found: string[] = [];
  const counting = namesOf((column) => countsRows(table, column));
  if (counting.length > 0)
    found.push(`${quotedList(counting)} counts the rows: ${option('--ignore', counting)} leaves it out`);
  const dates = namesOf(({ kind, categories }) => kind === 'date' && categories !== null);
  if (dates.length > 0)
    found.push(
      `${quotedList(dates)} holds dates, of which each is a category of its own: --dates number reads them, ${option('--ignore', dates)} leaves them out`,
    );
  const many = features.filter(
    // A text whose words are looked up has another number of features.
    ({ kind, distinct, features: made }) => kind !== 'date' && made > MANY_CATEGORIES && made === distinct,
  );
  for (const { name, kind, features: made } of many)
    found.push(
      `"${name}" has ${countText(made)} categories${kind === 'text' ? ' that hardly repeat' : ''}, each a feature: ${option('--ignore', [name])} leaves it out`,
    );
  const constant = namesOf(({ kind }) => kind === 'constant');
  if (constant.length > 0)
    found.push(
      constant.length > FEW_COLUMNS
        ? `${counted(constant.length, 'feature')} never change, from which nothing is learnt`
        : `${quotedList(constant)} never ${constant.length === 1 ? 'changes' : 'change'}, from which nothing is learnt: ${option('--ignore', constant)} leaves ${constant.length === 1 ? 'it' : 'them'} out`,
    );
  const codes = namesOf(
    ({ kind, distinct, numbers }) =>
      kind === 'number' && numbers?.whole === true && distinct !== null && distinct <= FEW_NUMBERS,
  );
  if (codes.length > 0 && codes.length <= FEW_COLUMNS)
    found.push(
      `${quotedList(codes)} ${codes.length === 1 ? 'has' : 'have'} few different whole numbers: if they are codes, ${option('--categorical', codes)} makes categories of them`,
    );
  for (const { columns: names, classes } of targets) {
    const counts = classes?.map(({ rows }) => rows) ?? [];
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    if (counts.length > 1 && most >= IMBALANCE * least)
      found.push(
        `the classes of ${quotedList([...names])} have between ${countText(least)} and ${counted(most, 'row')}: --class-weight balanced weights them equally`,
      );
  }
  return found;
}

/** Whether each value is one above that of the row before, as in an index. */
function countsRows(table: Table, { name, kind, numbers, distinct }: ColumnDescription): boolean {
  if (kind !== 'number' || !numbers?.whole || distinct !== null || numbers.high - numbers.low !== table.rows - 1)
    return false;
  const read = columnReader(
    table,
    table.columns.findIndex((column) => column.name === name),
  );
  for (let row = 1; row < table.rows; row++) if (read(row) !== read(row - 1) + 1) return false;
  return true;
}
