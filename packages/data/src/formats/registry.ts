import { assertOptions, InputError } from '@lrfind/core';
import type { ByteChunk, ByteSource } from '../bytes.js';
import type { Table } from '../table.js';
import { csvFormat } from './csv/read-csv.js';
import type { ReadTableOptions, TableFormat } from './format.js';

/** Every format of tables, in the order in which they are recognised. Add one as a file and an entry here. */
export const tableFormats: readonly TableFormat[] = [csvFormat];

/** Every option of `readTable`. The compiler checks that none is missing. */
const optionNames = Object.keys({
  delimiter: true,
  categorical: true,
  like: true,
  onProgress: true,
} satisfies Record<keyof ReadTableOptions, true>);

/** First bytes (as Latin-1) of files that are often mistaken for tables, and the message about each. */
const mistakenForTables: readonly (readonly [magic: string, message: string])[] = [
  ['PK\x03\x04', 'a zip archive or spreadsheet: unpack it or save it as CSV'],
  ['PAR1', 'a Parquet file: save it as CSV'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd: unpack it, or use gzip'],
  ['\xfd7zXZ', 'compressed with xz: unpack it, or use gzip'],
  ['BZh', 'compressed with bzip2: unpack it, or use gzip'],
  ['\xff\xfe', 'UTF-16 text: save it as UTF-8'],
  ['\xfe\xff', 'UTF-16 text: save it as UTF-8'],
];

/**
 * Reads a table. Its first bytes or its name show the format; a file that shows none is read as CSV. A file packed with
 * gzip is unpacked.
 *
 * @param source of the bytes
 * @param options how to read it
 * @throws InputError naming the file, and the row, line and column if there is one, when the file cannot be read, is
 *   not a table, or breaks a rule of its format
 *
 * @example
 * const table = await readTable(fileSource('train.csv'), { categorical: ['postcode'] });
 */
export async function readTable(source: ByteSource, options: ReadTableOptions = {}): Promise<Table> {
  assertOptions(options, optionNames);
  return withFormat(source, source.stream(), (format, chunks) => format.read(source, chunks, options));
}

/**
 * Recognises the format of a source and lets it be read; the stream ends with it.
 *
 * @param stream of the source, from its start
 * @param read uses the format, with the stream from its start
 * @throws InputError for bytes that are no table
 */
export async function withFormat<Result>(
  source: ByteSource,
  bytes: AsyncIterable<ByteChunk>,
  read: (format: TableFormat, chunks: AsyncGenerator<ByteChunk>) => Promise<Result>,
): Promise<Result> {
  const stream = bytes[Symbol.asyncIterator]();
  try {
    const { value: first } = await stream.next();
    const head: Uint8Array = first?.bytes ?? new Uint8Array();
    const format = tableFormats.find(({ matches }) => matches?.(head)) ?? formatByName(source.name);
    if (!format.matches) assertText(source.name, head);
    return await read(format, resume(first, stream));
  } finally {
    await stream.return?.();
  }
}

function formatByName(name: string): TableFormat {
  const bare = name.toLowerCase().replace(/\.gz$/, '');
  const found = tableFormats.find(({ extensions }) => extensions.some((extension) => bare.endsWith(extension)));
  return found ?? csvFormat;
}

async function* resume(first: ByteChunk | undefined, stream: AsyncIterator<ByteChunk>): AsyncGenerator<ByteChunk> {
  if (first) yield first;
  for (let next = await stream.next(); !next.done; next = await stream.next()) yield next.value;
}

/** @throws InputError for bytes that are not text */
function assertText(name: string, bytes: Uint8Array): void {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  const known = mistakenForTables.find(([magic]) => head.startsWith(magic));
  if (known) throw new InputError(`${name} is ${known[1]}`);
  if (bytes.includes(0)) throw new InputError(`${name} must be text, such as CSV or TSV; got zero bytes`);
}
