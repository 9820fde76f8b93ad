import {
  afterLineEnd,
  type FieldText,
  isLineEnd,
  MAX_FIELD_BYTES,
  readField,
  TRAILING_TEXT,
  UNCLOSED,
} from './field.js';

/** The fields of one record of a text. */
export interface TextRecord {
  readonly texts: readonly string[];
  /** Position of its first byte. */
  readonly start: number;
  /** Position after its line end. */
  readonly end: number;
  /** The lines that it takes. */
  readonly lines: number;
  /** Number, from 1, of a field that does not end at its closing quote; 0 for none. */
  readonly trailing: number;
}

/** A header with quoted line ends may come in parts; a longer one has an unclosed quote. */
export const MAX_HEADER_BYTES = 1 << 25;

/**
 * Reads one record.
 *
 * @param bytes whole lines
 * @param start where it starts
 * @param delimiter the byte between two fields
 * @returns `undefined` when the bytes end inside a quoted field; `unclosed` when no quote of that field can follow any more
 */
export function readRecord(bytes: Uint8Array, start: number, delimiter: number): TextRecord | 'unclosed' | undefined {
  const field: FieldText = { text: '', lines: 0 };
  const texts: string[] = [];
  let lines = 1;
  let position = start - 1;
  do {
    const from = position + 1;
    position = readField(bytes, from, delimiter, field);
    // Not read on to the end of the file: each further part would be searched from the start again.
    if (position === UNCLOSED)
      return bytes.length - from <= MAX_FIELD_BYTES && bytes.length <= MAX_HEADER_BYTES ? undefined : 'unclosed';
    texts.push(field.text);
    if (position === TRAILING_TEXT) return { texts, start, end: start, lines, trailing: texts.length };
    lines += field.lines;
  } while (bytes[position] === delimiter);
  return { texts, start, end: afterLineEnd(bytes, position), lines, trailing: 0 };
}

/**
 * Reads the records at a place, up to a limit, as far as they are whole.
 *
 * @param limit the most records
 * @param fields the most fields of all records, beyond which none is read
 */
export function readRecords(
  bytes: Uint8Array,
  start: number,
  delimiter: number,
  limit: number,
  fields: number,
): TextRecord[] {
  const records: TextRecord[] = [];
  let position = start;
  for (let room = fields; records.length < limit && position < bytes.length && room > 0; ) {
    if (isLineEnd(bytes[position])) {
      position = afterLineEnd(bytes, position);
      continue;
    }
    const record = readRecord(bytes, position, delimiter);
    if (record === undefined || record === 'unclosed' || record.trailing > 0) break;
    records.push(record);
    room -= record.texts.length;
    position = record.end;
  }
  return records;
}
