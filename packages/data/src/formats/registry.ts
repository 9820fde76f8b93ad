import { assertOptions, InputError } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { ByteChunk } from '../bytes.js';
import type { Table } from '../table.js';
import { arrowFormat } from './arrow/read-arrow.js';
import { utf16Of } from './csv/encoding.js';
import { csvFormat } from './csv/read-csv.js';
import { withDates } from './dates.js';
import { xlsxFormat } from './excel/read-xlsx.js';
import type { ReadTableOptions, TableFormat, TableSource } from './format.js';
import { idxFormat } from './idx/read-idx.js';
import { joinTables } from './join-tables.js';
import { jsonFormat } from './json/read-json.js';
import { jsonLinesFormat } from './json/read-json-lines.js';
import { withoutMarkers } from './missing-numbers.js';
import { npyFormat, npzFormat } from './numpy/read-npy.js';
import { TextTableOptions } from './options.js';
import { parquetFormat } from './parquet/read-parquet.js';
import { readBytes } from './read-text.js';
import { isZstd, unpackZstdChunks } from './unpack.js';
import { firstZipPath } from './zip/first-zip-path.js';

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
  xlsxFormat,
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
  query: true,
  sheet: true,
  imageShape: true,
  onProgress: true,
} satisfies Record<keyof ReadTableOptions, true>);

/** Options that every format takes. */
const commonOptions: readonly string[] = [
  ...['categorical', 'missing', 'dates', 'dateOrder', 'like', 'part', 'imageShape', 'onProgress'],
];

/** First bytes (as Latin-1) of files that are often mistaken for tables, and the message about each. */
const mistakenForTables: readonly (readonly [magic: string, message: string])[] = [
  ['FEA1', 'a Feather file of version 1: write it again with a newer version of pyarrow or pandas'],
  ['\xd0\xcf\x11\xe0', 'an old workbook of Excel (.xls): save it as .xlsx or CSV'],
  [
    'MATLAB 5',
    'a MATLAB file: save it as CSV, or in Python as .npz: numpy.savez("data.npz", **scipy.io.loadmat(file))',
  ],
  ['\x89HDF\r\n', 'an HDF5 file: save its arrays as .npz with numpy.savez'],
  ['\x80\x04\x95', 'a pickle of Python, which can run code when it is read: save it with to_parquet or numpy.savez'],
  ['\x80\x05\x95', 'a pickle of Python, which can run code when it is read: save it with to_parquet or numpy.savez'],
  ['\xfd7zXZ', 'compressed with xz: unpack it, or use gzip'],
  ['BZh', 'compressed with bzip2: unpack it, or use gzip'],
  ['\xff\xfe\0\0', 'UTF-32 text: save it as UTF-8'],
  ['\0\0\xfe\xff', 'UTF-32 text: save it as UTF-8'],
];

/**
 * Reads a table. Its first bytes or its name show the format; a file that shows none is read as CSV. A file packed with
 * gzip or zstd is unpacked; the files of a zip archive are read as one table, as the parts of a source are.
 *
 * @param source of the bytes
 * @param options how to read it
 * @throws InputError naming the file, and the row, line and column if there is one, when the file cannot be read, is
 *   not a table, or breaks a rule of its format
 *
 * @example
 * const table = await readTable(fileSource('train.csv'), { categorical: ['postcode'] });
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<Table> {
  assertOptions(options, optionNames);
  const { categorical, missing, like, part, query, sheet, imageShape, onProgress, ...text } = options;
  resolveOptions(TextTableOptions, text);
  if (query !== undefined) {
    if (source.query) return withDates(withoutMarkers(await source.query(options), missing ?? []), options);
    throw new InputError(`query must be given with a database or a file that DuckDB reads; got ${source.name}`);
  }
  const whole = await source.folderFormat?.();
  if (whole) {
    assertTaken(source, whole, options);
    return whole.read(source, resume(undefined, noBytes()), options);
  }
  const parts = await source.parts?.();
  if (parts) return readParts(source.name, parts, options);
  const stream = source.stream()[Symbol.asyncIterator]();
  try {
    const { value: first } = await stream.next();
    const head: Uint8Array = first?.bytes ?? new Uint8Array();
    const chunks = resume(first, stream);
    if (isZstd(head)) return await readUnpacked(source, chunks, options);
    const format = formatOf(source, head);
    if (!format.matches?.(head) && firstZipPath(head) !== '') return await readArchive(source.name, chunks, options);
    if (!format.matches?.(head)) assertText(source.name, head, options.encoding);
    assertTaken(source, format, options);
    const table = await format.read(source, chunks, options);
    return withDates(withoutMarkers(table, options.missing ?? []), options);
  } finally {
    await stream.return?.();
  }
}

/** Reads files that are one table. The first one decides the kinds of columns. */
async function readParts(name: string, parts: readonly TableSource[], options: ReadTableOptions): Promise<Table> {
  const tables: Table[] = [];
  for (const part of parts) {
    const [first] = tables;
    tables.push(await readTable(part, first ? { ...options, categorical: [], like: options.like ?? first } : options));
  }
  const [only] = tables;
  return tables.length === 1 && only ? only : joinTables(name, tables);
}

/** Reads a file that is packed with zstd. */
function readUnpacked(
  source: TableSource,
  chunks: AsyncIterable<ByteChunk>,
  options: ReadTableOptions,
): Promise<Table> {
  const name = source.name.replace(/\.zst$/i, '');
  return readTable({ ...source, name, stream: () => unpackZstdChunks(source.name, chunks) }, options);
}

/** Reads the files of a zip archive as one table. */
async function readArchive(name: string, chunks: AsyncIterable<ByteChunk>, options: ReadTableOptions): Promise<Table> {
  const { zipParts } = await import('./zip/zip-parts.js');
  return readParts(name, zipParts(name, await readBytes(name, chunks)), options);
}

/** The format of the name where the first bytes agree with it, else that of the first bytes. */
function formatOf({ name, formats = [] }: TableSource, head: Uint8Array): TableFormat {
  const all = [...formats, ...tableFormats];
  const bare = name.toLowerCase().replace(/\.gz$/, '');
  const named = all.find(({ extensions }) => extensions.some((extension) => bare.endsWith(extension))) ?? csvFormat;
  if (named.matches?.(head)) return named;
  return all.find(({ matches }) => matches?.(head)) ?? named;
}

/** @throws InputError for an option that the format does not take */
function assertTaken({ name, formats = [] }: TableSource, format: TableFormat, options: ReadTableOptions): void {
  const taken = [...commonOptions, ...(format.options ?? [])];
  const stray = Object.entries(options).find(([option, value]) => value !== undefined && !taken.includes(option))?.[0];
  if (stray === undefined) return;
  const having = [...formats, ...tableFormats].filter((each) =>
    each.options?.includes(stray as keyof ReadTableOptions),
  );
  throw new InputError(`${stray} is for ${having.map((each) => each.name).join(', ')}; ${name} is ${format.name}`);
}

async function* noBytes(): AsyncGenerator<ByteChunk> {}

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
