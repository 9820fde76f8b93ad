import { InputError, isObject, parseJson } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import { tableOfCells } from '../cells/table-of-cells.js';
import { lineBlocks } from '../csv/line-blocks.js';
import type { TableFormat } from '../format.js';
import { RecordCells } from './cells-of-records.js';

/**
 * JSON lines: a record on each line, as `DataFrame.to_json(orient="records", lines=True)` writes it. Blank lines are skipped.
 *
 * Reading throws InputError naming the file and the line, for a line that is not JSON or not an object, and for a list or an
 * object in the place of a value.
 */
export const jsonLinesFormat: TableFormat = {
  name: 'JSON lines',
  extensions: ['.jsonl', '.ndjson'],
  matches: startsWithRecord,
  async read({ name }, chunks, options) {
    const lines: number[] = [];
    const place = (row: number) => `line ${lines[row]}`;
    const cells = new RecordCells(name, place);
    let line = 0;
    for await (const { bytes, fraction } of lineBlocks(name, chunks)) {
      const texts = decodeText(bytes).split(/\r\n|\r|\n/);
      // A block ends with a line end.
      texts.pop();
      for (const text of texts) {
        line++;
        if (text.trim() === '') continue;
        lines.push(line);
        cells.add(parseLine(text, `${name}: line ${line}`));
      }
      options.onProgress?.({ fraction, rows: cells.rows });
    }
    if (cells.rows === 0) throw new InputError(`${name} must hold a record on each line; got an empty file`);
    return tableOfCells({ source: name, rows: cells.rows, columns: cells.columns(), place }, options);
  },
};

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its message, and its check of depth, are the same as of a document.
    return parseJson(text, place);
  }
}

/** Whether the first line is a whole record. */
function startsWithRecord(head: Uint8Array): boolean {
  return firstRecord(head) > 0;
}

/** Whether the first line is a whole record, and another record follows: such a file is no JSON document. */
export function startsWithRecords(head: Uint8Array): boolean {
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
