import { unpackLz4, unpackZstd } from '../compression/decompress.js';
import type { RandomAccess } from '../random-access.js';
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

/** Bytes that are read of a message at first: enough for most metadata. */
const FIRST_BYTES = 2 ** 12;
/** The most bytes of metadata, which grow with the columns. */
const MAX_METADATA = 2 ** 28;

/**
 * The messages of a stream, one after the other, or of a file, which has an index at its end: first the schema, then dictionaries
 * and rows in order. Of a file all dictionaries come first.
 *
 * @param most the most bytes of a message's content
 * @throws an error for messages that are cut off
 */
export async function* messagesOf(file: RandomAccess, most: number): AsyncGenerator<ArrowMessage> {
  const head = await file.slice(0, FILE_MAGIC.length);
  if (FILE_MAGIC.every((byte, i) => head[i] === byte)) yield* messagesOfFile(file, most);
  else yield* messagesOfStream(file, most);
}

async function* messagesOfFile(file: RandomAccess, most: number): AsyncGenerator<ArrowMessage> {
  const magic = file.length - FILE_MAGIC.length;
  const tail = await file.slice(Math.max(0, magic - 4), file.length);
  const length = magic >= 12 && tail.length === 10 ? viewOf(tail).getInt32(0, true) : -1;
  if (length < 0 || length > magic - 12 || FILE_MAGIC.some((byte, i) => tail[4 + i] !== byte))
    throw new Error('its end is cut off');
  const index = FlatTable.root(await file.slice(magic - 4 - length, magic - 4));
  const schema = index.table(1);
  if (!schema) throw new Error('it has no schema');
  yield { kind: 'schema', header: schema, body: new Uint8Array() };
  // Each entry is the place of a message and two lengths, which the message has itself.
  let bytes = 0;
  for (const [offset = 0] of [...index.longs(2, 3), ...index.longs(3, 3)]) {
    const found = await messageAt(file, offset, most);
    if (!found) continue;
    // An index may name a message again and again.
    bytes += found.message.body.length;
    if (bytes > file.length) throw new Error('its messages overlap');
    yield found.message;
  }
}

async function* messagesOfStream(file: RandomAccess, most: number): AsyncGenerator<ArrowMessage> {
  for (let at = 0; at + 4 <= file.length; ) {
    const next = await messageAt(file, at, most);
    if (!next) break;
    if (at === 0 && next.message.kind !== 'schema') throw new Error('it has no schema');
    yield next.message;
    at = next.end;
  }
}

/** @returns undefined at the mark of the end */
async function messageAt(
  file: RandomAccess,
  start: number,
  most: number,
): Promise<{ message: ArrowMessage; end: number } | undefined> {
  if (!(start >= 0 && start + 8 <= file.length)) throw new Error('a message is cut off');
  let bytes = await file.slice(start, start + FIRST_BYTES);
  // Since version 0.15 four bytes of ones come before the length.
  const at = viewOf(bytes).getUint32(0, true) === 0xffffffff ? 4 : 0;
  const length = viewOf(bytes).getInt32(at, true);
  if (length === 0) return undefined;
  const from = at + 4 + length;
  if (length < 0 || length > MAX_METADATA || start + from > file.length) throw new Error('a message is cut off');
  if (from > bytes.length) bytes = await file.slice(start, start + from);
  const message = FlatTable.root(bytes.subarray(at + 4, from));
  const size = message.long(3);
  const header = message.table(2);
  const end = start + from + size;
  if (!(size >= 0 && end <= file.length) || !header) throw new Error('the content of a message is cut off');
  if (size > most) throw new LargeBatchError(size);
  const kind = (['other', 'schema', 'dictionary', 'rows'] as const)[message.byte(1)] ?? 'other';
  return { message: { kind, header, body: await file.slice(start + from, end) }, end };
}

/** Rows that belong together and are too many to be in memory at once. */
export class LargeBatchError extends Error {
  /** @param bytes that they take in the file */
  constructor(readonly bytes: number) {
    super('a batch of rows is too large');
  }
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
