import type { DateOrder } from './table.js';

/** A point in time, without a zone: as it is written. */
export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** Seconds since midnight; undefined where no time is written. */
  readonly seconds: number | undefined;
  /** Seconds that a zone lies ahead of UTC; 0 where none is written. */
  readonly ahead: number;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const time = String.raw`(?:[T ,]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}(?:[.,]\d+)?))?\s*(?<half>[AaPp][Mm])?\s*(?<zone>Z|UTC|[-+]\d{2}:?\d{2})?)?$`;
const yearFirst = new RegExp(String.raw`^(?<a>\d{4})(?<s>[-/.])(?<b>\d{1,2})(?:\k<s>(?<c>\d{1,2}))?${time}`);
const yearLast = new RegExp(String.raw`^(?<a>\d{1,2})(?<s>[-/.])(?<b>\d{1,2})\k<s>(?<c>\d{4}|\d{2})${time}`);
const monthFirst = new RegExp(String.raw`^(?<b>[A-Za-z]{3,9})[.]?[ -](?<a>\d{1,2}),?[ -](?<c>\d{4})${time}`);
const monthSecond = new RegExp(String.raw`^(?<a>\d{1,2})[.]?[ -](?<b>[A-Za-z]{3,9})[.]?,?[ -](?<c>\d{4}|\d{2})${time}`);

/**
 * Reads a date, with or without a time.
 *
 * @param order of its numbers; names of months need none
 * @returns undefined for a text that is no date in this order
 */
export function parseDate(text: string, order: DateOrder): DateParts | undefined {
  if (text.length > 40) return undefined;
  const named = (monthFirst.exec(text) ?? monthSecond.exec(text))?.groups;
  if (named) {
    const month = months.indexOf((named.b as string).slice(0, 3).toLowerCase()) + 1;
    return month === 0 ? undefined : partsOf(yearOf(named.c as string), month, Number(named.a), named);
  }
  const first = yearFirst.exec(text)?.groups;
  if (first) return partsOf(Number(first.a), Number(first.b), Number(first.c ?? 1), first);
  const last = order === 'ymd' ? undefined : yearLast.exec(text)?.groups;
  if (!last) return undefined;
  const [day, month] = order === 'dmy' ? [last.a, last.b] : [last.b, last.a];
  return partsOf(yearOf(last.c as string), Number(month), Number(day), last);
}

/** Two digits are a year from 1969 to 2068, as in POSIX. */
function yearOf(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year + (year < 69 ? 2000 : 1900);
}

function partsOf(
  year: number,
  month: number,
  day: number,
  groups: Readonly<Record<string, string | undefined>>,
): DateParts | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  date.setUTCFullYear(year);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (groups.hour === undefined) return { year, month, day, seconds: undefined, ahead: 0 };
  const half = groups.half?.toLowerCase();
  const hour = (Number(groups.hour) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0);
  const [minute, second] = [Number(groups.minute), Number((groups.second ?? '0').replace(',', '.'))];
  if (Number(groups.hour) > (half ? 12 : 23) || minute > 59 || second >= 60) return undefined;
  return { year, month, day, seconds: hour * 3600 + minute * 60 + second, ahead: zoneSeconds(groups.zone) };
}

function zoneSeconds(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** Days since 1970-01-01T00:00Z; a part of a day for a time. */
export function daysOf({ year, month, day, seconds = 0, ahead }: DateParts): number {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000 + (seconds - ahead) / 86_400;
}
