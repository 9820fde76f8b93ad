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
import { decodeText } from '../../bytes.js';
import { unpackZstd } from '../compression/decompress.js';
import { checkLevels, checkPage } from './check-page.js';
import { decodeNumbers, dictionaryNumbers, holdsNumbers, type PageNumbers } from './decode-numbers.js';

/** The largest page: writers make them of 1 MB, some of a whole row group. */
const MAX_PAGE = 2 ** 30;
/** Room for the header of a page; one with long statistics is read once more. */
const HEADER_BYTES = 2 ** 12;
const MOST_HEADER_BYTES = 2 ** 24;
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
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decodeText(bytes),
  uuidFromBytes: (bytes: Uint8Array | undefined) =>
    bytes &&
    [...bytes]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
} as ParquetParsers;

/** Where the pages of a column of a row group lie. */
export interface ColumnChunk {
  readonly about: ColumnMetaData;
  readonly from: number;
  readonly to: number;
  /** Of the row group. */
  readonly rows: number;
}

/** Reads bytes of the file, as a copy of its own, since decoders take the buffer beneath. */
export type ReadBytes = (from: number, to: number) => Promise<ArrayBuffer>;

/**
 * Decodes a column of a row group page by page.
 *
 * @param path the schema from its root to the column
 * @param window bytes to read at once, where a page does not need more
 * @returns the values of each page, as many in all as the row group has rows; null and undefined are missing ones, among numbers NaN
 * @throws an error of any kind for damaged bytes, before more is allocated than they declare and can hold
 */
export async function* columnPages(
  read: ReadBytes,
  { about, from, to, rows }: ColumnChunk,
  path: SchemaTree[],
  window: number,
): AsyncGenerator<DecodedArray> {
  const decoder = new PageDecoder(about, path);
  let base = from;
  let reader = { view: new DataView(await read(from, Math.min(to, from + window))), offset: 0 };
  /** Whether so many bytes are there, as far as the column has them; reads on where they are not. */
  const need = async (bytes: number) => {
    if (reader.offset + bytes <= reader.view.byteLength || base + reader.view.byteLength >= to) return;
    base += reader.offset;
    reader = { view: new DataView(await read(base, Math.min(to, base + Math.max(window, bytes)))), offset: 0 };
  };
  for (let seen = 0; seen < rows; ) {
    let header: PageHeader | undefined;
    for (let room = HEADER_BYTES; !header; room *= 16) {
      await need(room);
      if (reader.offset >= reader.view.byteLength - 1)
        throw new Error(`a column has ${seen} values in the place of ${rows}`);
      const { offset } = reader;
      try {
        header = parquetHeader(reader);
      } catch (error) {
        if (base + reader.view.byteLength >= to || room >= MOST_HEADER_BYTES) throw error;
        reader.offset = offset;
      }
    }
    const size = header.compressed_page_size;
    checkSize(Math.min(size, to - base - reader.offset), header.uncompressed_page_size, '');
    await need(size);
    const content = new Uint8Array(reader.view.buffer, reader.offset, size);
    reader.offset += size;
    const values = decoder.decode(header, content, rows - seen);
    if (!values) continue;
    seen += values.length;
    yield values;
  }
}

/** Decodes the pages of a column chunk, one after the other. */
class PageDecoder {
  readonly #column: ColumnMetaData;
  readonly #path: SchemaTree[];
  readonly #isNumber: boolean;
  readonly #optional: boolean;
  #dictionary: DecodedArray | undefined;
  #numbers: PageNumbers | undefined;

  constructor(column: ColumnMetaData, path: SchemaTree[]) {
    const { element } = path.at(-1) as SchemaTree;
    this.#column = column;
    this.#path = path;
    this.#isNumber = holdsNumbers(element);
    this.#optional = element.repetition_type === 'OPTIONAL';
  }

  /**
   * @param left values that the page has at most
   * @returns its values; undefined for a dictionary
   */
  decode(header: PageHeader, content: Uint8Array, left: number): DecodedArray | undefined {
    const count = valuesOf(header, left);
    const numbers =
      this.#isNumber && header.type !== 'DICTIONARY_PAGE' ? this.#decodeNumbers(header, content) : undefined;
    if (numbers) {
      if (numbers.length !== count) throw new Error(`a page has ${numbers.length} values in the place of ${count}`);
      return numbers;
    }
    const data = this.#decodeOther(header, content);
    if (header.type === 'DICTIONARY_PAGE') {
      this.#dictionary = convert(data as DecodedArray, this.#decoding(header));
      this.#numbers = this.#isNumber ? dictionaryNumbers(this.#dictionary) : undefined;
      return undefined;
    }
    if (data?.length !== count) throw new Error(`a page has ${data?.length} values in the place of ${count}`);
    return data;
  }

  #decodeNumbers(header: PageHeader, content: Uint8Array): PageNumbers | undefined {
    const { element } = this.#path.at(-1) as SchemaTree;
    const { codec } = this.#column;
    const version2 = header.data_page_header_v2;
    if (version2) {
      checkVersion2(content, header, codec, this.#optional, false);
      const levels = version2.definition_levels_byte_length;
      const packed = content.subarray(levels);
      const size = header.uncompressed_page_size - levels;
      const isPacked = codec !== 'UNCOMPRESSED' && version2.is_compressed !== false && size > 0;
      const values = isPacked ? unpack(packed, size, codec) : packed;
      const present = this.#optional ? content.subarray(0, levels) : undefined;
      return decodeNumbers(element, header, present, values, this.#numbers);
    }
    const page = codec === 'UNCOMPRESSED' ? content : unpack(content, header.uncompressed_page_size, codec);
    if (!this.#optional) return decodeNumbers(element, header, undefined, page, this.#numbers);
    if (page.length < 4) throw new Error('a page is cut off');
    const end = 4 + new DataView(page.buffer, page.byteOffset).getUint32(0, true);
    if (end > page.length) throw new Error('levels are cut off');
    return decodeNumbers(element, header, page.subarray(4, end), page.subarray(end), this.#numbers);
  }

  #decodeOther(header: PageHeader, content: Uint8Array): DecodedArray | undefined {
    const { codec, type } = this.#column;
    const levels = this.#optional && header.type === 'DATA_PAGE';
    if (codec === 'UNCOMPRESSED' && header.type !== 'DATA_PAGE_V2')
      checkPage(content, header, levels, type === 'BOOLEAN');
    checkVersion2(content, header, codec, this.#optional, type === 'BOOLEAN');
    const reader = { view: new DataView(content.buffer, content.byteOffset, content.byteLength), offset: 0 };
    return readPage(reader, header, this.#decoding(header), this.#dictionary, undefined, 0).data;
  }

  #decoding(header: PageHeader) {
    const { codec, type, path_in_schema: pathInSchema } = this.#column;
    // Called by the decoder with a packed page.
    const checked = (packed: Uint8Array, size: number) => {
      const page = unpack(packed, size, codec);
      checkPage(page, header, this.#optional && header.type === 'DATA_PAGE', type === 'BOOLEAN');
      return page;
    };
    const compressors = Object.fromEntries(
      [...Object.keys(unpackers), 'LZO'].map((method) => [method, checked]),
    ) as Compressors;
    const element = (this.#path.at(-1) as SchemaTree).element;
    return { ...this.#column, pathInSchema, element, schemaPath: this.#path, parsers, compressors };
  }
}

function unpack(packed: Uint8Array, size: number, codec: string): Uint8Array {
  const unpacker = unpackers[codec];
  if (!unpacker) throw new Error(`it is packed with ${codec}`);
  checkSize(packed.length, size, codec);
  const page = unpacker(packed, size);
  if (page.length !== size) throw new Error(`a page has ${page.length} bytes in the place of ${size}`);
  return page;
}

/** The number of values of a page, once it is known to fit: 0 for a dictionary. */
function valuesOf(header: PageHeader, left: number): number {
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
