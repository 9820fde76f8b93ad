import type { DecodedArray, SchemaElement, SchemaTree } from 'hyparquet/src/types.js';
import type { CellColumn, Moments } from '../cells/cell.js';
import type { TimeUnit } from '../cells/date-text.js';

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

/** What a column of dates or times counts; undefined for other columns. */
export function momentsOf(element: SchemaElement): Moments | undefined {
  const unit = timeUnit(element);
  const { logical_type: logical } = element;
  return unit && { unit, zoned: logical?.type === 'TIMESTAMP' && logical.isAdjustedToUTC };
}

function timeUnit({ type, converted_type: converted, logical_type: logical }: SchemaElement): TimeUnit | undefined {
  if (converted === 'DATE' || logical?.type === 'DATE') return 'D';
  if (logical?.type === 'TIMESTAMP') return ({ MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const)[logical.unit];
  if (converted === 'TIMESTAMP_MILLIS') return 'ms';
  if (converted === 'TIMESTAMP_MICROS') return 'us';
  return type === 'INT96' ? 'ns' : undefined;
}

/**
 * The cells of a page.
 *
 * @param values as they were decoded; null is missing, undefined is damaged
 * @param isMoment whether they are dates or times
 * @throws an error for values that are not what the column holds
 */
export function pageCells(element: SchemaElement, values: DecodedArray, isMoment: boolean): CellColumn['cells'] {
  if (ArrayBuffer.isView(values)) return values as CellColumn['cells'];
  const cells = values as readonly unknown[];
  for (const cell of cells) {
    if (cell === undefined || (typeof cell === 'object' && cell !== null) || (isMoment && typeof cell === 'number'))
      throw new Error(isMoment ? 'a moment is none' : 'a value is no number or text');
  }
  // So that they look like numbers of four bytes where they are categories.
  if (element.type !== 'FLOAT') return cells as CellColumn['cells'];
  return Float32Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
}
