import { assertOptions, InputError } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { ByteChunk, ByteSource } from '../bytes.js';
import type { Table } from '../table.js';
import { arrowFormat } from './arrow/read-arrow.js';
import { utf16Of } from './csv/encoding.js';
import { csvFormat } from './csv/read-csv.js';
import { withDates } from './dates.js';
import type { ReadTableOptions, TableFormat } from './format.js';
import { idxFormat } from './idx/read-idx.js';
import { jsonFormat } from './json/read-json.js';
import { jsonLinesFormat } from './json/read-json-lines.js';
import { withoutMarkers } from './missing-numbers.js';
import { npyFormat, npzFormat } from './numpy/read-npy.js';
import { TextTableOptions } from './options.js';
import { parquetFormat } from './parquet/read-parquet.js';

/** Every format of tables, in the order in which they are recognised. Add one as a file and an entry here. */
export const tableFormats: readonly TableFormat[] = [
  csvFormat,
  jsonFormat,
  jsonLinesFormat,
  parquetFormat,
  arrowFormat,
  npyFormat,
  npzFormat,
  idxFormat,
];

/** Every option of `readTable`. The compiler checks that none is missing. */
const optionNames = Object.keys({
  delimiter: true,
  header: true,
  skip: true,
  indexColumn: true,
  decimal: true,
  thousands: true,
  dates: true,
  dateOrder: true,
  encoding: true,
  categorical: true,
  missing: true,
  like: true,
  part: true,
  onProgress: true,
} satisfies Record<keyof ReadTableOptions, true>);

/** Options that every format takes. */
const commonOptions: readonly string[] = ['categorical', 'missing', 'dates', 'dateOrder', 'like', 'part', 'onProgress'];

/** First bytes (as Latin-1) of files that are often mistaken for tables, and the message about each. */
const mistakenForTables: readonly (readonly [magic: string, message: string])[] = [
  ['PK\x03\x04', 'a zip archive or spreadsheet: unpack it or save it as CSV'],
  ['FEA1', 'a Feather file of version 1: write it again with a newer version of pyarrow or pandas'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd: unpack it, or use gzip'],
  ['\xfd7zXZ', 'compressed with xz: unpack it, or use gzip'],
  ['BZh', 'compressed with bzip2: unpack it, or use gzip'],
  ['\xff\xfe\0\0', 'UTF-32 text: save it as UTF-8'],
  ['\0\0\xfe\xff', 'UTF-32 text: save it as UTF-8'],
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
  const { categorical, missing, like, part, onProgress, ...text } = options;
  resolveOptions(TextTableOptions, text);
  const stream = source.stream()[Symbol.asyncIterator]();
  try {
    const { value: first } = await stream.next();
    const head: Uint8Array = first?.bytes ?? new Uint8Array();
    const format = formatOf(source.name, head);
    if (!format.matches?.(head)) assertText(source.name, head, options.encoding);
    assertTaken(source.name, format, options);
    const table = await format.read(source, resume(first, stream), options);
    return withDates(withoutMarkers(table, options.missing ?? []), options);
  } finally {
    await stream.return?.();
  }
}

/** The format of the name where the first bytes agree with it, else that of the first bytes. */
function formatOf(name: string, head: Uint8Array): TableFormat {
  const named = formatByName(name);
  if (named.matches?.(head)) return named;
  return tableFormats.find(({ matches }) => matches?.(head)) ?? named;
}

function formatByName(name: string): TableFormat {
  const bare = name.toLowerCase().replace(/\.gz$/, '');
  const found = tableFormats.find(({ extensions }) => extensions.some((extension) => bare.endsWith(extension)));
  return found ?? csvFormat;
}

/** @throws InputError for an option that the format does not take */
function assertTaken(name: string, format: TableFormat, options: ReadTableOptions): void {
  const taken = [...commonOptions, ...(format.options ?? [])];
  const stray = Object.entries(options).find(([option, value]) => value !== undefined && !taken.includes(option))?.[0];
  if (stray === undefined) return;
  const having = tableFormats.filter((each) => each.options?.includes(stray as keyof ReadTableOptions));
  throw new InputError(`${stray} is for ${having.map((each) => each.name).join(', ')}; ${name} is ${format.name}`);
}

async function* resume(first: ByteChunk | undefined, stream: AsyncIterator<ByteChunk>): AsyncGenerator<ByteChunk> {
  if (first) yield first;
  for (let next = await stream.next(); !next.done; next = await stream.next()) yield next.value;
}

/** @throws InputError for bytes that are not text */
function assertText(name: string, bytes: Uint8Array, encoding: string | undefined): void {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  const known = mistakenForTables.find(([magic]) => head.startsWith(magic));
  if (known) throw new InputError(`${name} is ${known[1]}`);
  if (encoding !== undefined || utf16Of(bytes) !== undefined) return;
  if (bytes.includes(0)) throw new InputError(`${name} must be text, such as CSV or TSV; got zero bytes`);
}
