import { isObject } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import type { TableFormat } from '../format.js';

/**
 * A JSON document: a list of records, an object of columns (lists, or objects by row as pandas writes them by default), or
 * what `DataFrame.to_json` writes with `orient="split"` or `"table"`.
 *
 * A value is a number, a text, true, false or null. A record that lacks a name has a missing value there.
 *
 * Reading throws InputError naming the file, and row and column or path, for a list or an object in the place of a value,
 * columns of different lengths, and text that is not JSON.
 */
export const jsonFormat: TableFormat = {
  name: 'JSON',
  extensions: ['.json'],
  matches: (head) => startsJson(head) && !startsWithRecords(head),
  read: async (...given) => (await import('../readers.js')).readJson(...given),
};

/**
 * JSON lines: a record on each line, as `DataFrame.to_json(orient="records", lines=True)` writes it. Blank lines are skipped. The
 * columns are the names of all records; where they are read in parts and a later one has a new name, the file is read again.
 *
 * Reading throws InputError naming the file and the line, for a line that is not JSON or not an object, and for a list or an
 * object in the place of a value.
 */
export const jsonLinesFormat: TableFormat = {
  name: 'JSON lines',
  extensions: ['.jsonl', '.ndjson'],
  matches: startsWithRecord,
  read: async (...given) => (await linesReader()).read(...given),
  stream: async (...given) => (await linesReader()).stream(...given),
  readAgain: async (...given) => (await linesReader()).readAgain(...given),
};

const linesReader = async () => (await import('../readers.js')).jsonLines;

/** A list of objects or lists, or an object with a name. */
function startsJson(head: Uint8Array): boolean {
  let text = '';
  for (let i = 0; i < head.length && text.length < 2; i++) {
    const byte = head[i] as number;
    const isMark = i < 3 && byte >= 0xbb;
    if (byte > 32 && !isMark) text += String.fromCharCode(byte);
  }
  return text === '[{' || text === '[[' || text === '{"' || text === '[]' || text === '{}';
}

/** Whether the first line is a whole record. */
function startsWithRecord(head: Uint8Array): boolean {
  return firstRecord(head) > 0;
}

/** Whether the first line is a whole record, and another record follows: such a file is no JSON document. */
function startsWithRecords(head: Uint8Array): boolean {
  const end = firstRecord(head);
  return (
    end > 0 &&
    decodeText(head, end, Math.min(head.length, end + 100))
      .trimStart()
      .startsWith('{')
  );
}

/** The position after the first line if it is a whole record, otherwise 0. */
function firstRecord(head: Uint8Array): number {
  const start = head[0] === 0xef ? 3 : 0;
  if (head[start] !== 0x7b) return 0;
  const found = head.findIndex((byte, i) => i > start && (byte === 10 || byte === 13));
  const end = found < 0 ? head.length : found;
  try {
    return isObject(JSON.parse(decodeText(head, start, end))) ? end : 0;
  } catch {
    return 0;
  }
}
