import type { NumberFormat } from '../../table.js';

/** What a program writes: `-1234.5`. */
export const plainFormat: NumberFormat = { decimal: '.', thousands: '' };

/** Every way to write numbers, the plain one first; of two that read equally many, the earlier is meant. */
export const numberFormats: readonly NumberFormat[] = [
  plainFormat,
  ...([',', 'space', "'"] as const).map((thousands) => ({ decimal: '.', thousands }) as const),
  ...(['', '.', 'space', "'"] as const).map((thousands) => ({ decimal: ',', thousands }) as const),
];

/** A sign, a currency or a percent sign around a number, which must not be longer than this. */
const MAX_LENGTH = 60;
const currency = String.raw`(?:\p{Sc}|(?:USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|kr|zł|R\$|A\$|C\$|US\$)(?![A-Za-z]))`;
const around = new RegExp(
  String.raw`^(?<open>\()?\s*(?<sign>[-+\u2212])?\s*(?:${currency}\s*)?(?<inner>[-+\u2212])?(?<digits>[\d.,'\u2019\s]+(?:e[-+\u2212]?\d+)?)\s*(?:${currency})?\s*(?<percent>%)?(?<close>\))?$`,
  'iu',
);
const blanks = /[ \u00a0\u2007\u2009\u202f]/g;

const marks: Readonly<Record<NumberFormat['thousands'], string>> = {
  '': '',
  ',': ',',
  '.': '.',
  "'": "'",
  space: ' ',
};

const patterns = new Map(numberFormats.map((format) => [format, patternOf(format)]));

function patternOf({ decimal, thousands }: NumberFormat): RegExp {
  const point = decimal === '.' ? '[.]' : ',';
  const mark = marks[thousands];
  const grouped = mark === '' ? '' : `|[1-9]\\d{0,2}(?:[${mark}]\\d{3})+(?:${point}\\d*)?`;
  return new RegExp(`^(?:\\d+(?:${point}\\d*)?|${point}\\d+${grouped})(?:e[-+]?\\d+)?$`, 'i');
}

/**
 * Reads a number that people or a spreadsheet wrote: with separators, a Unicode minus, a currency or a percent sign.
 * `12%` is 0.12, and `(12)` is −12, as in accounts.
 *
 * @param format one of `numberFormats`, or one that is equal
 * @returns NaN for a text that is no number in this format
 */
export function parseNumber(text: string, format: NumberFormat): number {
  const found = partsOf(text);
  return found ? numberOf(found, format) : Number.NaN;
}

/** Whether a text is a number in any format. */
export function isSomeNumber(text: string): boolean {
  const found = partsOf(text);
  return found !== undefined && numberFormats.some((format) => !Number.isNaN(numberOf(found, format)));
}

/** A number in parts: its digits with their separators, and what stands around them. */
interface NumberParts {
  readonly written: string;
  readonly negative: boolean;
  readonly percent: boolean;
}

function partsOf(text: string): NumberParts | undefined {
  const found = text.length > MAX_LENGTH ? undefined : around.exec(text)?.groups;
  if (!found) return undefined;
  const { open, sign, inner, digits = '', percent, close } = found;
  const signs = [sign, inner].filter((each) => each !== undefined);
  if ((open === undefined) !== (close === undefined) || signs.length + (open ? 1 : 0) > 1) return undefined;
  return {
    written: digits.trim().replaceAll(blanks, ' ').replaceAll('\u2019', "'").replace('\u2212', '-'),
    negative: open !== undefined || (signs[0] !== undefined && signs[0] !== '+'),
    percent: percent !== undefined,
  };
}

function numberOf({ written, negative, percent }: NumberParts, format: NumberFormat): number {
  if (!(patterns.get(format) ?? patternOf(format)).test(written)) return Number.NaN;
  const mark = marks[format.thousands];
  const bare = mark === '' ? written : written.replaceAll(mark, '');
  const value = Number(format.decimal === ',' ? bare.replace(',', '.') : bare);
  const share = percent ? value / 100 : value;
  return negative ? -share : share;
}
