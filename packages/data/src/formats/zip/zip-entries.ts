import { InputError } from '@lrfind/core';
import { ByteQueue, inMemory, partsOf, type RandomAccess } from '../random-access.js';
import { crc32 } from './crc32.js';
import { type ZipRecord, zipDirectory } from './zip-directory.js';

/** A file within an archive. */
export interface ZipEntry {
  /** Its path within the archive. */
  readonly path: string;
  /** The number of bytes that it has when it is unpacked. */
  readonly size: number;
  /**
   * Unpacks it.
   *
   * @throws InputError when it is damaged: its length or its checksum is another one
   */
  read(): Uint8Array;
}

/** A file within an archive that is read in parts. */
export interface ZipMember extends Pick<ZipEntry, 'path' | 'size'> {
  /**
   * Unpacks it from its start.
   *
   * @throws InputError when it is damaged; a wrong checksum is noticed at its end
   */
  stream(): AsyncGenerator<Uint8Array>;
  /** Where its bytes lie in the archive; undefined where they are packed. */
  plain(): Promise<RandomAccess | undefined>;
}

const LOCAL = 0x04034b50;
/** Bytes of an entry's own header, without its name. */
const HEADER_BYTES = 30;
/** Deflate cannot shrink by more than this factor; a larger size is a lie. */
const MOST_SHRUNK = 1040;
/** Packed bytes that are read at once: unpacked they are a few megabytes at most. */
const PACKED_BYTES = 1 << 12;
const PLAIN_BYTES = 1 << 20;

/**
 * Lists the files of a zip archive, from the directory at its end. Folders are left out. What unpacks them is loaded here, not at
 * the start of a program that reads no archive.
 *
 * @param name what messages call it
 * @param bytes all of it
 * @throws InputError for an archive that is damaged, encrypted, or packed by another method than deflate
 */
export async function zipEntries(name: string, bytes: Uint8Array): Promise<ZipEntry[]> {
  const { inflateSync } = await import('fflate');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = await zipDirectory(name, inMemory(bytes));
  return records.map((record) => {
    const { path, size, packed, method, offset, checksum } = record;
    const read = () => {
      checkMethod(name, record);
      const isThere = offset + HEADER_BYTES <= bytes.length && view.getUint32(offset, true) === LOCAL;
      if (!isThere) throw damagedEntry(name, path, 'is missing');
      const from = offset + HEADER_BYTES + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
      if (from + packed > bytes.length) throw damagedEntry(name, path, 'is cut off');
      const content = bytes.subarray(from, from + packed);
      const unpacked = method === 0 ? content : inflate(inflateSync, content, size);
      if (unpacked?.length !== size || crc32(unpacked) !== checksum) throw otherContent(name, path);
      return unpacked;
    };
    return { path, size, read };
  });
}

/**
 * Lists the files of a zip archive that need not be in memory.
 *
 * @param name what messages call it
 * @throws InputError for an archive that is damaged
 */
export async function zipMembers(name: string, file: RandomAccess): Promise<ZipMember[]> {
  const records = await zipDirectory(name, file);
  return records.map((record) => ({
    path: record.path,
    size: record.size,
    stream: () => checked(name, record, contentOf(name, record, file)),
    plain: async () => {
      if (record.method !== 0 || record.isEncrypted) return undefined;
      const from = await startOf(name, record, file);
      return {
        length: record.size,
        slice: (start, end) => file.slice(from + start, from + Math.min(end, record.size)),
      };
    },
  }));
}

function checkMethod(name: string, { path, isEncrypted, method }: ZipRecord): void {
  const shown = `${name}: ${JSON.stringify(path)}`;
  if (isEncrypted) throw new InputError(`${shown} must not be encrypted`);
  if (method !== 0 && method !== 8)
    throw new InputError(`${shown} must be packed with deflate or not at all; got method ${method}`);
}

function damagedEntry(name: string, path: string, why: string): InputError {
  return new InputError(`${name} is a damaged zip archive: ${JSON.stringify(path)} ${why}`);
}

function otherContent(name: string, path: string): InputError {
  return damagedEntry(name, path, 'has other content than its checksum says');
}

/** Where the bytes of an entry begin. */
async function startOf(name: string, { path, packed, offset }: ZipRecord, file: RandomAccess): Promise<number> {
  const header =
    offset + HEADER_BYTES <= file.length ? await file.slice(offset, offset + HEADER_BYTES) : new Uint8Array();
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < HEADER_BYTES || view.getUint32(0, true) !== LOCAL) throw damagedEntry(name, path, 'is missing');
  const from = offset + HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  if (from + packed > file.length) throw damagedEntry(name, path, 'is cut off');
  return from;
}

async function* contentOf(name: string, record: ZipRecord, file: RandomAccess): AsyncGenerator<Uint8Array> {
  checkMethod(name, record);
  const { path, size, packed, method } = record;
  const from = await startOf(name, record, file);
  if (method === 0) {
    yield* partsOf(file, from, from + packed, PLAIN_BYTES);
    return;
  }
  if (size > packed * MOST_SHRUNK) throw otherContent(name, path);
  const { Inflate } = await import('fflate');
  let ready: Uint8Array[] = [];
  const inflating = new Inflate((bytes) => ready.push(bytes));
  // Read in larger parts than they are unpacked in.
  const queue = new ByteQueue(partsOf(file, from, from + packed, PLAIN_BYTES));
  for (let left = packed; left > 0; ) {
    const bytes = await queue.take(Math.min(PACKED_BYTES, left));
    if (bytes.length === 0) throw damagedEntry(name, path, 'is cut off');
    left -= bytes.length;
    try {
      inflating.push(bytes, left === 0);
    } catch {
      throw otherContent(name, path);
    }
    const parts = ready;
    ready = [];
    for (const part of parts) if (part.length > 0) yield part;
  }
}

/** Passes content on, and compares its length and its checksum. */
async function* checked(
  name: string,
  { path, size, checksum }: ZipRecord,
  content: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let [length, sum] = [0, 0];
  for await (const bytes of content) {
    length += bytes.length;
    if (length > size) throw otherContent(name, path);
    sum = crc32(bytes, sum);
    yield bytes;
  }
  if (length !== size || sum !== checksum) throw otherContent(name, path);
}

type Inflater = (packed: Uint8Array, options: { out: Uint8Array }) => Uint8Array;

/** @returns undefined for bytes that are not what deflate writes of so many */
function inflate(inflateSync: Inflater, packed: Uint8Array, size: number): Uint8Array | undefined {
  if (size > packed.length * MOST_SHRUNK) return undefined;
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return undefined;
  }
}
