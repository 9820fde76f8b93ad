import { InputError } from '@lrfind/core';
import type { CellColumn } from '../cells/cell.js';
import type { CellBlock } from '../cells/cell-blocks.js';
import type { RandomAccess } from '../random-access.js';
import { type ArrowCells, lookUp, readValues } from './column-cells.js';
import type { FlatTable } from './flatbuffer.js';
import { type ArrowMessage, batchOf, messagesOf } from './messages.js';
import { type ArrowField, fieldsOf } from './schema.js';

/** Rows of columns without values, of which a few bytes can declare any number. */
const MAX_EMPTY_ROWS = 1e6;

/** The columns of a file or a stream, and its batches of rows. */
export interface ArrowTable {
  readonly names: readonly string[];
  /** What pandas wrote about the columns. */
  readonly pandas: string | undefined;
  /** Each batch; throws an error for damaged bytes. */
  readonly blocks: AsyncGenerator<CellBlock>;
}

/**
 * Opens a file or a stream.
 *
 * @param name what messages call it
 * @param most the most bytes of a batch
 * @throws InputError for a column that holds what no table can; another error for damaged bytes
 */
export async function openArrow(
  name: string,
  file: RandomAccess,
  most = Number.POSITIVE_INFINITY,
): Promise<ArrowTable> {
  const messages = messagesOf(file, most);
  const { value: first, done } = await messages.next();
  if (done) throw new Error('it has no schema');
  const { header: schema } = first;
  const fields = fieldsOf(schema, (column, got) => {
    throw new InputError(`${name}: column "${column}" must hold numbers, text, booleans or dates; got ${got}`);
  });
  const pandas = schema
    .tables(2)
    .find((entry) => entry.text(0) === 'pandas')
    ?.text(1);
  return { names: fields.map((field) => field.name), pandas, blocks: blocksOf(messages, fields, file.length) };
}

async function* blocksOf(
  messages: AsyncGenerator<ArrowMessage>,
  fields: readonly ArrowField[],
  bytes: number,
): AsyncGenerator<CellBlock> {
  const dictionaries = new Map<number, ArrowCells>();
  const most = Math.max(MAX_EMPTY_ROWS, bytes * 256);
  let rows = 0;
  let read = 0;
  for await (const { kind, header, body } of messages) {
    read += body.length;
    if (kind === 'dictionary') addDictionary(dictionaries, fields, header, body, most);
    if (kind !== 'rows') continue;
    const batch = batchOf(header, body);
    rows += batch.rows;
    if (!(batch.rows >= 0 && rows <= most)) throw new Error(`it declares ${rows} rows`);
    const columns = fields.map(({ name, type, dictionary }): CellColumn => {
      const cells = dictionary
        ? lookUp(readValues(dictionary.indices, batch), dictionaries.get(dictionary.id))
        : readValues(type, batch);
      const moments = type.kind === 'moment' ? { unit: type.unit, zoned: type.zoned } : undefined;
      return { name, cells, ...(moments && { moments }) };
    });
    yield { rows: batch.rows, columns, fraction: Math.min(1, read / bytes) };
  }
}

function addDictionary(
  dictionaries: Map<number, ArrowCells>,
  fields: readonly ArrowField[],
  header: FlatTable,
  body: Uint8Array,
  most: number,
): void {
  const id = header.long(0);
  const type = fields.find(({ dictionary }) => dictionary?.id === id)?.type;
  const data = header.table(1);
  if (!type || !data) throw new Error(`its dictionary ${id} belongs to no column`);
  const batch = batchOf(data, body);
  if (!(batch.rows >= 0 && batch.rows <= most)) throw new Error(`it declares ${batch.rows} rows`);
  const values = readValues(type, batch);
  const before = header.byte(2) ? dictionaries.get(id) : undefined;
  dictionaries.set(id, before ? [...Array.from(before), ...Array.from(values)] : values);
}
