import type { TimeUnit } from '../cells/date-text.js';
import type { FlatTable } from './flatbuffer.js';

/** How the values of a column lie in their buffers. */
export type ArrowType =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  /** Numbers, by their type in NumPy. */
  | { readonly kind: 'number'; readonly dtype: string; readonly bytes: number }
  | { readonly kind: 'decimal'; readonly bytes: number; readonly scale: number }
  | { readonly kind: 'moment'; readonly unit: TimeUnit; readonly bytes: 4 | 8; readonly zoned: boolean }
  /** Text, with offsets of so many bytes, or with views. */
  | { readonly kind: 'text'; readonly bytes: 4 | 8 }
  | { readonly kind: 'view' };

/** A column of the schema. */
export interface ArrowField {
  readonly name: string;
  /** Of a dictionary, the type of its values. */
  readonly type: ArrowType;
  /** Only for a dictionary: its number, and the type of the indices. */
  readonly dictionary?: { readonly id: number; readonly indices: ArrowType };
}

/** What columns may not hold, by the number of the type. */
const refused: Readonly<Record<number, string>> = {
  4: 'bytes',
  9: 'times of day',
  11: 'spans of time',
  12: 'lists',
  13: 'records',
  14: 'unions of types',
  15: 'bytes',
  16: 'lists',
  17: 'maps',
  18: 'spans of time',
  19: 'bytes',
  21: 'lists',
  22: 'runs',
  23: 'bytes',
  25: 'lists',
  26: 'lists',
};

const units = ['s', 'ms', 'us', 'ns'] as const;

/**
 * The columns of a schema.
 *
 * @param refuse called with a column and what it holds, where a table cannot
 */
export function fieldsOf(schema: FlatTable, refuse: (name: string, got: string) => never): ArrowField[] {
  if (schema.short(0) !== 0) throw new Error('its numbers are big-endian');
  return schema.tables(1).map((field) => {
    const name = field.text(0) ?? '';
    const type =
      typeOf(field.byte(2), field.table(3)) ?? refuse(name, refused[field.byte(2)] ?? `type ${field.byte(2)}`);
    const encoding = field.table(4);
    if (!encoding) return { name, type };
    const own = encoding.table(1);
    const indices: ArrowType = own ? integer(own) : { kind: 'number', dtype: '<i4', bytes: 4 };
    return { name, type, dictionary: { id: encoding.long(0), indices } };
  });
}

function typeOf(number: number, type: FlatTable | undefined): ArrowType | undefined {
  switch (number) {
    case 1:
      return { kind: 'null' };
    case 2:
      return type && integer(type);
    case 3: {
      const bytes = [2, 4, 8][type?.short(0) ?? 0];
      return bytes === undefined ? undefined : { kind: 'number', dtype: `<f${bytes}`, bytes };
    }
    case 5:
      return { kind: 'text', bytes: 4 };
    case 6:
      return { kind: 'bool' };
    case 7: {
      const bits = type?.int(2, 128);
      return bits === 32 || bits === 64 || bits === 128 || bits === 256
        ? { kind: 'decimal', bytes: bits / 8, scale: type?.int(1) ?? 0 }
        : undefined;
    }
    case 8:
      return type?.short(0, 1) === 0
        ? { kind: 'moment', unit: 'D', bytes: 4, zoned: false }
        : { kind: 'moment', unit: 'ms', bytes: 8, zoned: false };
    case 10: {
      const unit = units[type?.short(0) ?? 0];
      return unit && { kind: 'moment', unit, bytes: 8, zoned: (type?.text(1) ?? '') !== '' };
    }
    case 20:
      return { kind: 'text', bytes: 8 };
    case 24:
      return { kind: 'view' };
    default:
      return undefined;
  }
}

function integer(type: FlatTable): ArrowType {
  const bits = type.int(0);
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) throw new Error(`whole numbers of ${bits} bits`);
  return { kind: 'number', dtype: `${type.byte(1) ? '<i' : '<u'}${bits / 8}`, bytes: bits / 8 };
}
