import { choice, closed } from '@lrfind/core/options';
import type { Static } from 'typebox';
import * as Type from 'typebox';

/** Characters that separate thousands: `space` stands for every kind of blank. */
const thousands = "^(,|[.]|'|space|none)$";

/**
 * How a text such as CSV becomes a table, where the file itself does not show it or shows it wrongly. Each option is a
 * flag of the commands too.
 */
export const TextTableOptions = Type.Object(
  {
    delimiter: Type.Optional(
      Type.String({
        placeholder: 'character',
        description:
          'what separates the fields of a text: one character, tab, or blanks for runs of blanks (default: recognised among , ; | tab and blanks)',
      }),
    ),
    header: Type.Optional(
      Type.Boolean({
        description: 'the first line of a text holds the names of the columns (default: recognised)',
        negation: 'the first line of a text is a row; columns are called 0, 1, 2, …',
      }),
    ),
    skip: Type.Optional(
      Type.Integer({
        placeholder: 'lines',
        minimum: 0,
        description: 'lines above the header that do not belong to the table (default: recognised)',
      }),
    ),
    indexColumn: Type.Optional(
      Type.String({
        placeholder: 'column',
        description:
          'column that only numbers or names the rows, which is left out; none for no such column (default: recognised where it has no name)',
      }),
    ),
    decimal: Type.Optional(
      Type.Unsafe<'.' | ','>(
        Type.String({
          placeholder: '.|,',
          pattern: '^[.,]$',
          allowed: '"." or ","',
          description: 'decimal mark of the numbers of a text (default: recognised, column by column)',
        }),
      ),
    ),
    thousands: Type.Optional(
      Type.Unsafe<',' | '.' | "'" | 'space' | 'none'>(
        Type.String({
          placeholder: 'mark',
          pattern: thousands,
          allowed: `",", ".", "'", space or none`,
          description: 'what separates the thousands of the numbers of a text (default: recognised, column by column)',
        }),
      ),
    ),
    dates: choice(['text', 'number', 'parts', 'drop'], {
      default: 'text',
      description:
        'columns of dates: leave them text, days since 1970 as a number, parts (year, month, day, weekday, hour, …), or drop them',
    }),
    dateOrder: Type.Optional(
      choice(['ymd', 'dmy', 'mdy'], {
        description:
          'order of day and month in dates such as 3/4/2020 (default: as the other dates of the column show)',
      }),
    ),
    encoding: Type.Optional(
      Type.String({
        placeholder: 'name',
        description:
          'encoding of a text, such as windows-1252 or utf-16le (default: recognised among UTF-8, UTF-16 and windows-1252)',
      }),
    ),
  },
  closed,
);

/** Options of a text that becomes a table. */
export type TextTableOptions = Static<typeof TextTableOptions>;
