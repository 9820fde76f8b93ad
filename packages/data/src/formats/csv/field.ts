import { decodeText } from '../../bytes.js';

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** A longer field has an unclosed quote. */
export const MAX_FIELD_BYTES = 1 << 20;

/** What `readField` finds besides the end of the field. */
export interface FieldText {
  /** The field's text without quotes; if it was not quoted, also without surrounding spaces. */
  text: string;
  /** Line ends inside the quotes. */
  lines: number;
}

/** Returned by `readField` when the bytes end before the closing quote. */
export const UNCLOSED = -1;
/** Returned by `readField` when the closing quote is followed by neither a delimiter nor a line end. */
export const TRAILING_TEXT = -2;

/**
 * Reads one field of a delimited file.
 *
 * @param bytes UTF-8 text that ends with a line end
 * @param start where the field starts
 * @param delimiter the byte between two fields
 * @param field receives the text
 * @returns the position of the delimiter or line end after the field, or `UNCLOSED` or `TRAILING_TEXT`
 */
export function readField(bytes: Uint8Array, start: number, delimiter: number, field: FieldText): number {
  if (bytes[start] === QUOTE) return readQuoted(bytes, start + 1, delimiter, field);
  let end = start;
  for (let byte = bytes[end]; byte !== delimiter && !isLineEnd(byte); byte = bytes[++end]);
  field.text = decodeText(bytes, start, end).trim();
  field.lines = 0;
  return end;
}

/** The position after a line end: a line feed, a carriage return, or both. */
export function afterLineEnd(bytes: Uint8Array, position: number): number {
  return bytes[position] === CARRIAGE_RETURN && bytes[position + 1] === LINE_FEED ? position + 2 : position + 1;
}

/** Whether a byte ends a line, or is beyond the last byte. */
export function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === undefined;
}

function readQuoted(bytes: Uint8Array, start: number, delimiter: number, field: FieldText): number {
  let close = bytes.indexOf(QUOTE, start);
  while (close >= 0 && bytes[close + 1] === QUOTE) close = bytes.indexOf(QUOTE, close + 2);
  if (close < 0) return UNCLOSED;
  const raw = decodeText(bytes, start, close);
  field.text = raw.replaceAll('""', '"');
  field.lines = raw.match(/\r\n|\r|\n/g)?.length ?? 0;
  let end = close + 1;
  while (bytes[end] === SPACE && delimiter !== SPACE) end++;
  return bytes[end] === delimiter || isLineEnd(bytes[end]) ? end : TRAILING_TEXT;
}
