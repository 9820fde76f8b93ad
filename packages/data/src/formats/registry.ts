import { assertOptions, InputError } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { ByteChunk } from '../bytes.js';
import type { Table } from '../table.js';
import { arrowFormat } from './arrow/read-arrow.js';
import { utf16Of } from './csv/encoding.js';
import { csvFormat } from './csv/read-csv.js';
import { withDates } from './dates.js';
import { xlsxFormat } from './excel/xlsx-format.js';
import type {
  ReadAgain,
  ReadTableOptions,
  StreamTableOptions,
  TableBlock,
  TableFormat,
  TableSource,
  TableStream,
} from './format.js';
import { idxFormat } from './idx/idx-format.js';
import { joinStreams } from './join-streams.js';
import { joinTables } from './join-tables.js';
import { jsonFormat, jsonLinesFormat } from './json/json-formats.js';
import { withoutMarkers } from './missing-numbers.js';
import { npyFormat, npzFormat } from './numpy/numpy-formats.js';
import { TextTableOptions } from './options.js';
import { parquetFormat } from './parquet/read-parquet.js';
import { inMemory, plainFile } from './random-access.js';
import { readBytes } from './read-text.js';
import { streamOf } from './stream-of.js';
import { isZstd, unpackZstdChunks } from './unpack.js';
import { firstZipPath } from './zip/first-zip-path.js';

/**
 * Every format of tables, in the order in which they are recognised. Add one as a file and an entry here. The reader of all but CSV is
 * imported with the first file of the format.
 */
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
export const readOptionNames: readonly string[] = Object.keys({
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
  ['PK\x03\x04', 'a zip archive or spreadsheet that is damaged: make it again'],
  ['FEA1', 'a Feather file of version 1: write it again with a newer version of pyarrow or pandas'],
  ['\xd0\xcf\x11\xe0', 'an old workbook of Excel (.xls): save it as .xlsx or CSV'],
  [
    'MATLAB 5',
    'a MATLAB file: save it as CSV, or in Python as .npz: numpy.savez("data.npz", **scipy.io.loadmat(file, squeeze_me=True))',
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
  assertOptions(options, readOptionNames);
  checkText(options);
  if (options.query !== undefined) return readQuery(source, options);
  const whole = await source.folderFormat?.();
  if (whole) {
    assertTaken(source, whole, options);
    return whole.read(source, resume(undefined, noBytes()), options);
  }
  const parts = await source.parts?.();
  if (parts) return readParts(source.name, parts, options);
  return withHead(source.stream(), (head, chunks) => readFile(source, head, chunks, options));
}

/**
 * Lets a table be read a block at a time, where its format and its options allow that. Any other table is read as a whole, as
 * `readTable` reads it.
 *
 * @param scan reads the blocks; it may be called a second time, from the start
 * @returns what `scan` gives, or the whole table
 * @throws InputError as `readTable` does
 */
export async function readBlocks(
  source: TableSource,
  options: StreamTableOptions,
  scan: (stream: TableStream) => Promise<Table>,
): Promise<Table> {
  const { ignore, names, ...reading } = options;
  checkText(reading);
  const again: Again = new Map();
  for (;;) {
    let table: OpenedTable | undefined;
    try {
      table = await openTable(source, options, again);
      return table.stream ? await scan(table.stream) : await table.read();
    } catch (error) {
      if (!(error instanceof ReadAgainError)) throw error;
      again.set(error.source, error.how);
    } finally {
      await table?.close();
    }
  }
}

/** A table that is to be read: a block at a time, or where that cannot be as a whole. */
interface OpenedTable {
  readonly stream?: TableStream;
  read(): Promise<Table>;
  close(): Promise<void>;
}

/** How files are read of which a first reading has shown it, by their names. */
type Again = Map<string, ReadAgain>;

/** Says that a file must be read again from its start. */
class ReadAgainError extends Error {
  constructor(
    readonly source: string,
    readonly how: ReadAgain,
  ) {
    super(`${source} must be read again`);
  }
}

const nothing = async () => {};

/** Opens a file, or what else a source may be. */
async function openTable(source: TableSource, options: StreamTableOptions, again: Again): Promise<OpenedTable> {
  const { ignore, names, ...reading } = options;
  const whole = { read: () => readTable(source, reading), close: nothing };
  const format = reading.query === undefined ? await source.folderFormat?.() : await queryFormat(source);
  if (format) {
    if (reading.query === undefined) assertTaken(source, format, reading);
    const stream = canStream(reading)
      ? await format.stream?.(source, resume(undefined, noBytes()), options)
      : undefined;
    return stream ? opened(stream, whole, reading) : whole;
  }
  const parts = await source.parts?.();
  return parts ? openParts(source.name, parts, options, again, whole) : openFile(source, options, again);
}

/** A stream without the markers of missing values, beside the way to read it as a whole. */
function opened(stream: TableStream, whole: OpenedTable, { missing = [] }: ReadTableOptions): OpenedTable {
  return { ...whole, stream: markedMissing(stream, missing), close: async () => stream.close?.() };
}

/** Opens files that are one table. The first one decides the kinds of columns. */
async function openParts(
  name: string,
  parts: readonly TableSource[],
  options: StreamTableOptions,
  again: Again,
  whole: OpenedTable,
): Promise<OpenedTable> {
  if (!canStream(options)) return whole;
  const sizes = await Promise.all(parts.map((part) => part.size()));
  const open = async (part: TableSource, like: TableStream['layout'] | undefined) => {
    const own = like ? { ...options, categorical: [], like: options.like ?? like } : options;
    const { stream, read, close } = await openTable(part, own, again);
    // One that cannot be read in parts is in memory alone, until the next one is.
    return stream ? { ...stream, close } : streamOf(await read());
  };
  const stream = await joinStreams(
    name,
    parts.map((part, i) => ({ size: sizes[i] as number, open: (like) => open(part, like) })),
  );
  return { ...whole, stream, close: async () => stream.close?.() };
}

async function openFile(source: TableSource, given: StreamTableOptions, again: Again): Promise<OpenedTable> {
  const known = again.get(source.name);
  const options = known?.options ?? given;
  const { ignore, names, ...reading } = options;
  const whole = { read: () => readTable(source, reading), close: nothing };
  const bytes = source.stream({ keeps: false })[Symbol.asyncIterator]();
  const close = async () => {
    await bytes.return?.();
  };
  try {
    const { value: first } = await bytes.next();
    const head: Uint8Array = first?.bytes ?? new Uint8Array();
    const chunks = resume(first, bytes);
    const format = formatOf(source, head);
    const isArchive = !format.matches?.(head) && firstZipPath(head) !== '';
    if (!isArchive && !isZstd(head) && format.stream && canStream(reading)) {
      if (!format.matches?.(head)) assertText(source.name, head, reading.encoding);
      assertTaken(source, format, reading);
      const errorOf = async (error: unknown) => {
        const how = source.once || known ? undefined : await format.readAgain?.(error, source, head, options);
        return how ? new ReadAgainError(source.name, how) : error;
      };
      const stream = await format.stream(source, chunks, options).catch(async (error) => {
        throw await errorOf(error);
      });
      if (stream) {
        const notes = [...(known?.note === undefined ? [] : [known.note]), ...(stream.notes ?? [])];
        const guarded = {
          ...stream,
          blocks: replacingErrors(stream.blocks, errorOf),
          ...(notes.length > 0 && { notes }),
        };
        const both = async () => {
          await stream.close?.();
          await close();
        };
        return { ...opened(guarded, whole, reading), close: both };
      }
    }
    if (source.once) return { read: () => readFile(source, head, chunks, reading), close };
    await close();
    if (isZstd(head)) return openFile(unpackedSource(source), options, again);
    const archive = isArchive ? await plainFile(source, (start) => start[0] === 0x50) : undefined;
    if (!archive) return whole;
    const { zipParts } = await import('./readers.js');
    return openParts(source.name, await zipParts(source.name, archive), options, again, whole);
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same blocks, with another error in the place of one. */
async function* replacingErrors(
  blocks: TableStream['blocks'],
  errorOf: (error: unknown) => Promise<unknown>,
): AsyncGenerator<TableBlock> {
  try {
    yield* blocks;
  } catch (error) {
    throw await errorOf(error);
  }
}

/** Whether nothing asks for all rows at once: dates of a column are recognised by all of its values. */
function canStream({ dates = 'text', missing = [] }: ReadTableOptions): boolean {
  // Of other numbers it depends on a column's largest value in which precision they are compared, and how a date is written
  // depends on all dates of a column.
  const isKnown = (text: string) => !Number.isFinite(Number(text)) || isFloat32(Number(text));
  return dates === 'text' && missing.every((text) => isKnown(text) && !/^\s*\d+-\d/.test(text));
}

function isFloat32(number: number): boolean {
  return Math.fround(number) === number;
}

/** A stream whose blocks lack the numbers that stand for missing values. */
function markedMissing(stream: TableStream, markers: readonly string[]): TableStream {
  const blocks = (async function* () {
    for await (const block of stream.blocks) {
      withoutMarkers({ ...block, source: stream.layout.source, place: String }, markers);
      yield block;
    }
  })();
  return markers.length === 0 ? stream : { ...stream, blocks };
}

/** @throws InputError for an option about texts that has a wrong value */
function checkText(options: ReadTableOptions): void {
  const { categorical, missing, like, part, query, sheet, imageShape, onProgress, ...text } = options;
  resolveOptions(TextTableOptions, text);
}

async function readQuery(source: TableSource, options: ReadTableOptions): Promise<Table> {
  const format = await queryFormat(source);
  const table = await format.read(source, resume(undefined, noBytes()), options);
  return withDates(withoutMarkers(table, options.missing ?? []), options);
}

/** @throws InputError for a source that no query can read */
async function queryFormat(source: TableSource): Promise<TableFormat> {
  if (source.query) return source.query();
  throw new InputError(`query must be given with a database or a file that DuckDB reads; got ${source.name}`);
}

/** Looks at the start of a stream, and ends the stream after its use. */
async function withHead<Result>(
  bytes: AsyncIterable<ByteChunk>,
  use: (head: Uint8Array, chunks: AsyncGenerator<ByteChunk>) => Promise<Result>,
): Promise<Result> {
  const stream = bytes[Symbol.asyncIterator]();
  try {
    const { value: first } = await stream.next();
    return await use(first?.bytes ?? new Uint8Array(), resume(first, stream));
  } finally {
    await stream.return?.();
  }
}

/** Reads a file of any format. */
async function readFile(
  source: TableSource,
  head: Uint8Array,
  chunks: AsyncGenerator<ByteChunk>,
  options: ReadTableOptions,
): Promise<Table> {
  if (isZstd(head)) return readUnpacked(source, chunks, options);
  const format = formatOf(source, head);
  if (!format.matches?.(head) && firstZipPath(head) !== '') return readArchive(source.name, chunks, options);
  if (!format.matches?.(head)) assertText(source.name, head, options.encoding);
  assertTaken(source, format, options);
  const table = await format.read(source, chunks, options);
  return withDates(withoutMarkers(table, options.missing ?? []), options);
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

/** The same file unpacked, which can be read several times. */
function unpackedSource(source: TableSource): TableSource {
  const name = source.name.replace(/\.zst$/i, '');
  return { ...source, name, stream: (options) => unpackZstdChunks(source.name, source.stream(options)) };
}

/** Reads the files of a zip archive as one table. */
async function readArchive(name: string, chunks: AsyncIterable<ByteChunk>, options: ReadTableOptions): Promise<Table> {
  const { zipParts } = await import('./readers.js');
  return readParts(name, await zipParts(name, inMemory(await readBytes(name, chunks))), options);
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
