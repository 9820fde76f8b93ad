import { snappyUncompress } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import type {
  ColumnMetaData,
  Compressors,
  DecodedArray,
  PageHeader,
  ParquetParsers,
  SchemaTree,
} from 'hyparquet/src/types.js';
import { decompressBrotli, decompressGzip, decompressLz4, decompressLz4Raw } from 'hyparquet-compressors';
import { unpackZstd } from '../compression/decompress.js';
import { checkLevels, checkPage } from './check-page.js';

/** The largest page: writers make them of 1 MB, some of a whole row group. */
const MAX_PAGE = 2 ** 30;
/** How much smaller each method can make bytes at most. */
const mostShrunk: Readonly<Record<string, number>> = {
  ...{ SNAPPY: 64, GZIP: 1040, LZ4: 256, LZ4_RAW: 256 },
  // These two have no bound, but none is reached by a table.
  ...{ BROTLI: 10_000, ZSTD: 40_000 },
};

const unpackers: Readonly<Record<string, (packed: Uint8Array, size: number) => Uint8Array>> = {
  SNAPPY: (packed, size) => {
    const unpacked = new Uint8Array(size);
    snappyUncompress(packed, unpacked);
    return unpacked;
  },
  GZIP: decompressGzip,
  BROTLI: decompressBrotli,
  ZSTD: unpackZstd,
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** The parts of dates and times, as numbers of their units. */
const parsers = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (days: number) => BigInt(days),
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
  uuidFromBytes: (bytes: Uint8Array | undefined) =>
    bytes &&
    [...bytes]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
} as ParquetParsers;
const decoder = new TextDecoder();

/**
 * Decodes a column of a row group.
 *
 * @param buffer its bytes
 * @param column what the file says about it
 * @param path the schema from its root to the column
 * @param rows of the row group
 * @returns the values of each page, `rows` in all; null and undefined where they are missing
 * @throws an error of any kind for damaged bytes, before more is allocated than they declare and can hold
 */
export function readColumnChunk(
  buffer: ArrayBuffer,
  column: ColumnMetaData,
  path: SchemaTree[],
  rows: number,
): DecodedArray[] {
  const element = (path.at(-1) as SchemaTree).element;
  const optional = element.repetition_type === 'OPTIONAL';
  const isBoolean = column.type === 'BOOLEAN';
  const reader = { view: new DataView(buffer), offset: 0 };
  let header: PageHeader;
  // Called by the decoder with each packed page.
  const unpack = (packed: Uint8Array, size: number) => {
    const unpacker = unpackers[column.codec];
    if (!unpacker) throw new Error(`it is packed with ${column.codec}`);
    checkSize(packed.length, size, column.codec);
    const page = unpacker(packed, size);
    checkPage(page, header, optional && header.type === 'DATA_PAGE', isBoolean);
    return page;
  };
  const compressors = Object.fromEntries(
    [...Object.keys(unpackers), 'LZO'].map((codec) => [codec, unpack]),
  ) as Compressors;
  const decoding = { ...column, pathInSchema: column.path_in_schema, element, schemaPath: path, parsers, compressors };
  const pages: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  let read = 0;
  while (read < rows) {
    if (reader.offset >= buffer.byteLength - 1) throw new Error(`a column has ${read} values in the place of ${rows}`);
    header = parquetHeader(reader);
    const content = new Uint8Array(buffer, reader.offset, header.compressed_page_size);
    const values = valuesOf(header, rows - read, content.length);
    if (column.codec === 'UNCOMPRESSED') {
      if (header.type !== 'DATA_PAGE_V2')
        checkPage(content, header, optional && header.type === 'DATA_PAGE', isBoolean);
    }
    if (header.data_page_header_v2) checkVersion2(content, header, column.codec, optional, isBoolean);
    const { data } = readPage(reader, header, decoding, dictionary, undefined, 0);
    if (header.type === 'DICTIONARY_PAGE') dictionary = convert(data as DecodedArray, decoding);
    else {
      if (data?.length !== values) throw new Error(`a page has ${data?.length} values in the place of ${values}`);
      pages.push(data);
      read += values;
    }
  }
  return pages;
}

/** The number of values of a page, once it is known to fit: 0 for a dictionary. */
function valuesOf(header: PageHeader, left: number, length: number): number {
  checkSize(length, header.uncompressed_page_size, '');
  if (header.type === 'DICTIONARY_PAGE') return 0;
  const { num_values: count = -1 } = header.data_page_header ?? header.data_page_header_v2 ?? {};
  if (count >= 0 && count <= left) return count;
  throw new Error(`a page of ${count} values where ${left} are left`);
}

/** Levels come first, never packed; the values are packed only if the header says so. */
function checkVersion2(
  content: Uint8Array,
  header: PageHeader,
  codec: string,
  optional: boolean,
  isBoolean: boolean,
): void {
  const page = header.data_page_header_v2;
  if (!page) return;
  const { definition_levels_byte_length: levels, repetition_levels_byte_length: repetitions, num_nulls: nulls } = page;
  if (levels < 0 || repetitions !== 0 || nulls < 0 || nulls > page.num_values || levels > content.length)
    throw new Error('a page has impossible levels');
  if (optional) checkLevels(content.subarray(0, levels), page.num_values);
  if (codec === 'UNCOMPRESSED' || page.is_compressed === false)
    if (page.num_values > nulls) checkPage(content.subarray(levels), header, false, isBoolean);
}

function checkSize(packed: number, size: number, codec: string): void {
  const most = Math.min(MAX_PAGE, packed * (mostShrunk[codec] ?? MAX_PAGE) + 1024);
  if (!(size >= 0 && size <= most)) throw new Error(`a page of ${size} bytes from ${packed}`);
}
