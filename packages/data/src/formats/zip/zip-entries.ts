import { InputError } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import { crc32 } from './crc32.js';

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

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Bytes of the record at the end, without its comment of at most 65,535 bytes. */
const END_BYTES = 22;
/** Deflate cannot shrink by more than this factor; a larger size is a lie. */
const MOST_SHRUNK = 1040;
/** In the place of a number of 32 bits that follows elsewhere with 64. */
const ELSEWHERE = 0xffffffff;

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
  const damaged = (why: string) => new InputError(`${name} is a damaged zip archive: ${why}`);
  const { count, start } = directoryOf(view, damaged);
  const entries: ZipEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL)
      throw damaged(`entry ${i + 1} of ${count} is missing`);
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const checksum = view.getUint32(at + 16, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > bytes.length) throw damaged(`entry ${i + 1} of ${count} is cut off`);
    const path = decodeText(bytes, at + 46, at + 46 + nameLength);
    const extra = { from: at + 46 + nameLength, to: at + 46 + nameLength + extraLength };
    const { packed, size, offset } = sizesOf(view, at, extra);
    at = next;
    if (path.endsWith('/')) continue;
    const shown = `${name}: ${JSON.stringify(path)}`;
    const read = () => {
      if (flags & 1) throw new InputError(`${shown} must not be encrypted`);
      if (method !== 0 && method !== 8)
        throw new InputError(`${shown} must be packed with deflate or not at all; got method ${method}`);
      if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
        throw damaged(`${JSON.stringify(path)} is missing`);
      const from = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
      if (from + packed > bytes.length) throw damaged(`${JSON.stringify(path)} is cut off`);
      const content = bytes.subarray(from, from + packed);
      const unpacked = method === 0 ? content : inflate(inflateSync, content, size);
      if (unpacked?.length !== size || crc32(unpacked) !== checksum)
        throw damaged(`${JSON.stringify(path)} has other content than its checksum says`);
      return unpacked;
    };
    entries.push({ path, size, read });
  }
  return entries;
}

type Inflate = (packed: Uint8Array, options: { out: Uint8Array }) => Uint8Array;

/** @returns undefined for bytes that are not what deflate writes of so many */
function inflate(inflateSync: Inflate, packed: Uint8Array, size: number): Uint8Array | undefined {
  if (size > packed.length * MOST_SHRUNK) return undefined;
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return undefined;
  }
}

function directoryOf(view: DataView, damaged: (why: string) => InputError): { count: number; start: number } {
  const last = view.byteLength - END_BYTES;
  let end = last;
  while (end >= 0 && end >= last - 0xffff && view.getUint32(end, true) !== END) end--;
  if (end < 0 || end < last - 0xffff) throw damaged('it has no directory at its end');
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64) return { count, start };
  const end64 = Number(view.getBigUint64(locator + 8, true));
  if (end64 + 56 > view.byteLength || view.getUint32(end64, true) !== END_64) throw damaged('its directory is missing');
  return { count: Number(view.getBigUint64(end64 + 32, true)), start: Number(view.getBigUint64(end64 + 48, true)) };
}

/** The sizes of an entry, and where it starts; those of large archives are in the extra field 1. */
function sizesOf(view: DataView, at: number, extra: { from: number; to: number }) {
  let packed = view.getUint32(at + 20, true);
  let size = view.getUint32(at + 24, true);
  let offset = view.getUint32(at + 42, true);
  for (let field = extra.from; field + 4 <= extra.to; ) {
    const length = view.getUint16(field + 2, true);
    const end = Math.min(extra.to, field + 4 + length);
    if (view.getUint16(field, true) === 1) {
      let place = field + 4;
      const next = () => {
        const value = place + 8 <= end ? Number(view.getBigUint64(place, true)) : Number.POSITIVE_INFINITY;
        place += 8;
        return value;
      };
      if (size === ELSEWHERE) size = next();
      if (packed === ELSEWHERE) packed = next();
      if (offset === ELSEWHERE) offset = next();
    }
    field = end;
  }
  return { packed, size, offset };
}
