import { unpackLz4, unpackZstd } from '../compression/decompress.js';
import { FlatTable } from './flatbuffer.js';

/** A message: metadata, and the bytes that it describes. */
export interface ArrowMessage {
  readonly kind: 'schema' | 'dictionary' | 'rows' | 'other';
  readonly header: FlatTable;
  readonly body: Uint8Array;
}

/** Rows of a table, or the values of a dictionary. */
export interface RecordBatch {
  readonly rows: number;
  /** For each column its number of rows; the nodes must be those of flat columns. */
  node(): { readonly length: number; readonly nulls: number };
  /** The next buffer, unpacked. */
  buffer(): Uint8Array;
  /** How many further buffers the next column of views has. */
  furtherBuffers(): number;
}

/** The first and the last bytes of a file; a stream has none. */
const FILE_MAGIC = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];

/** A buffer is not larger than this when it is unpacked. */
const MAX_BUFFER = 2 ** 31;
/** How much smaller LZ4 and zstd can make bytes at most. */
const MOST_SHRUNK = [256, 40_000];

/** What a file or a stream holds: the schema, and messages of dictionaries and rows in order. */
export interface ArrowContent {
  readonly schema: FlatTable;
  readonly messages: readonly ArrowMessage[];
}

/**
 * The messages of a stream, one after the other, or of a file, which has an index at its end.
 *
 * @throws an error for messages that are cut off
 */
export function contentOf(bytes: Uint8Array): ArrowContent {
  return FILE_MAGIC.every((byte, i) => bytes[i] === byte) ? contentOfFile(bytes) : contentOfStream(bytes);
}

function contentOfFile(bytes: Uint8Array): ArrowContent {
  const magic = bytes.length - FILE_MAGIC.length;
  const view = viewOf(bytes);
  const length = magic >= 12 ? view.getInt32(magic - 4, true) : -1;
  if (length < 0 || length > magic - 12 || FILE_MAGIC.some((byte, i) => bytes[magic + i] !== byte))
    throw new Error('its end is cut off');
  const index = FlatTable.root(bytes.subarray(magic - 4 - length, magic - 4));
  const schema = index.table(1);
  if (!schema) throw new Error('it has no schema');
  // Each entry is the place of a message and two lengths, which the message has itself.
  const blocks = [...index.longs(2, 3), ...index.longs(3, 3)];
  const messages = blocks.flatMap(([offset = 0]) => messageAt(bytes, view, offset)?.message ?? []);
  // An index may name a message again and again.
  if (messages.reduce((sum, { body }) => sum + body.length, 0) > bytes.length) throw new Error('its messages overlap');
  return { schema, messages };
}

function contentOfStream(bytes: Uint8Array): ArrowContent {
  const view = viewOf(bytes);
  const messages: ArrowMessage[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const next = messageAt(bytes, view, at);
    if (!next) break;
    messages.push(next.message);
    at = next.end;
  }
  const [first] = messages;
  if (first?.kind !== 'schema') throw new Error('it has no schema');
  return { schema: first.header, messages };
}

/** @returns undefined at the mark of the end */
function messageAt(
  bytes: Uint8Array,
  view: DataView,
  start: number,
): { message: ArrowMessage; end: number } | undefined {
  // Since version 0.15 four bytes of ones come before the length.
  const at = view.getUint32(start, true) === 0xffffffff ? start + 4 : start;
  const length = view.getInt32(at, true);
  if (length === 0) return undefined;
  const from = at + 4 + length;
  if (length < 0 || from > bytes.length) throw new Error('a message is cut off');
  const message = FlatTable.root(bytes.subarray(at + 4, from));
  const end = from + message.long(3);
  const header = message.table(2);
  if (!(end >= from && end <= bytes.length) || !header) throw new Error('the content of a message is cut off');
  const kind = (['other', 'schema', 'dictionary', 'rows'] as const)[message.byte(1)] ?? 'other';
  return { message: { kind, header, body: bytes.subarray(from, end) }, end };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The rows of a message. */
export function batchOf(header: FlatTable, body: Uint8Array): RecordBatch {
  const nodes = header.longs(1, 2);
  const buffers = header.longs(2, 2);
  const compression = header.table(3);
  const further = header.longs(4, 1);
  const take = <T>(list: T[], what: string): T => {
    const next = list.shift();
    if (next === undefined) throw new Error(`a ${what} is missing`);
    return next;
  };
  return {
    rows: header.long(0),
    node: () => {
      const [length = 0, nulls = 0] = take(nodes, 'column');
      return { length, nulls };
    },
    buffer: () => {
      const [offset = 0, length = 0] = take(buffers, 'buffer');
      if (offset < 0 || length < 0 || offset + length > body.length)
        throw new Error('a buffer lies outside of its message');
      const bytes = body.subarray(offset, offset + length);
      return compression && length > 0 ? unpack(bytes, compression) : bytes;
    },
    furtherBuffers: () => take(further, 'number of buffers')[0] ?? 0,
  };
}

function unpack(bytes: Uint8Array, compression: FlatTable): Uint8Array {
  const codec = compression.byte(0);
  const most = MOST_SHRUNK[codec];
  if (most === undefined || compression.byte(1) !== 0)
    throw new Error(`a buffer is packed by the unknown method ${codec}`);
  if (bytes.length < 8) throw new Error('a buffer is cut off');
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
  const packed = bytes.subarray(8);
  if (size === -1) return packed;
  if (!(size >= 0 && size <= Math.min(MAX_BUFFER, packed.length * most + 1024)))
    throw new Error(`a buffer of ${size} bytes from ${packed.length}`);
  // Writers pad buffers with zeros.
  return codec === 0 ? unpackLz4(packed, size) : unpackZstd(packed, size);
}
