import type { DecodedArray, SchemaElement, SchemaTree } from 'hyparquet/src/types.js';
import type { CellColumn } from '../cells/cell.js';
import { momentTexts, type TimeUnit } from '../cells/date-text.js';

/** Why a column cannot be one of a table, in words; undefined if it can. */
export function unreadable({ element, children }: SchemaTree): string | undefined {
  if (element.repetition_type === 'REPEATED' || element.converted_type === 'LIST') return 'lists';
  if (children.length > 0) return 'records';
  const { type, converted_type: converted, logical_type: logical } = element;
  const kind = logical?.type ?? converted ?? '';
  if (/^(TIME|TIME_MILLIS|TIME_MICROS)$/.test(kind)) return 'times of day';
  if (kind === 'INTERVAL') return 'spans of time';
  if (/^(BSON|JSON|GEOMETRY|GEOGRAPHY|VARIANT)$/.test(kind)) return `values of the type ${kind}`;
  if (type === 'FIXED_LEN_BYTE_ARRAY' && !/^(DECIMAL|FLOAT16|UUID)$/.test(kind)) return 'bytes without a type';
  return undefined;
}

/** The unit in which a column holds dates or times; undefined for other columns. */
function timeUnit({ type, converted_type: converted, logical_type: logical }: SchemaElement): TimeUnit | undefined {
  if (converted === 'DATE' || logical?.type === 'DATE') return 'D';
  if (logical?.type === 'TIMESTAMP') return ({ MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const)[logical.unit];
  if (converted === 'TIMESTAMP_MILLIS') return 'ms';
  if (converted === 'TIMESTAMP_MICROS') return 'us';
  return type === 'INT96' ? 'ns' : undefined;
}

/**
 * The cells of a column.
 *
 * @param pages its values, page after page; null is missing, undefined is damaged
 * @param rows how many they are in all
 * @throws an error for values that are not what the column holds
 */
export function columnCells(element: SchemaElement, pages: readonly DecodedArray[], rows: number): CellColumn['cells'] {
  const unit = timeUnit(element);
  if (unit) {
    const moments = pages.flatMap((page) => Array.from(page, momentOf));
    const zoned = element.logical_type?.type === 'TIMESTAMP' && element.logical_type.isAdjustedToUTC;
    return momentTexts(moments, unit, zoned);
  }
  const numbers = element.type === 'FLOAT' ? new Float32Array(rows) : new Float64Array(rows);
  const isNumber = element.type !== 'BOOLEAN' && element.type !== 'BYTE_ARRAY' && fillNumbers(numbers, pages);
  if (isNumber) return numbers;
  const cells: (number | bigint | string | boolean | null)[] = [];
  for (const page of pages) {
    for (const cell of page) {
      if (cell === undefined || (typeof cell === 'object' && cell !== null))
        throw new Error('a value is no number or text');
      cells.push(cell);
    }
  }
  return cells;
}

/** @returns false for what is no number, or is a whole number that double precision does not hold */
function fillNumbers(numbers: Float32Array | Float64Array, pages: readonly DecodedArray[]): boolean {
  let at = 0;
  for (const page of pages) {
    if (
      page instanceof Float32Array ||
      page instanceof Float64Array ||
      page instanceof Int32Array ||
      page instanceof Uint32Array
    ) {
      numbers.set(page, at);
      at += page.length;
      continue;
    }
    for (const cell of page as Iterable<unknown>) {
      const value = cell === null ? Number.NaN : Number(cell);
      const isExact =
        typeof cell === 'number' || cell === null || (typeof cell === 'bigint' && Number.isSafeInteger(value));
      if (!isExact) return false;
      numbers[at++] = value;
    }
  }
  return true;
}

function momentOf(value: unknown): bigint | null {
  if (value === null || typeof value === 'bigint') return value;
  throw new Error('a moment is none');
}
