import { InputError } from '@lrfind/core';
import { decodeText } from '../../bytes.js';
import type { RandomAccess } from '../random-access.js';

/** What the directory of an archive says of a file. */
export interface ZipRecord {
  /** Its path within the archive. */
  readonly path: string;
  /** Bytes that it has when it is unpacked, and as it lies there. */
  readonly size: number;
  readonly packed: number;
  readonly isEncrypted: boolean;
  /** 0 for bytes as they are, 8 for deflate. */
  readonly method: number;
  readonly checksum: number;
  /** Where its own header lies. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
/** Bytes of the record at the end, without its comment of at most 65,535 bytes. */
const END_BYTES = 22;
/** Bytes that hold the end, the longest comment, and what large archives have before it. */
const TAIL_BYTES = END_BYTES + 0xffff + 76;
/** In the place of a number of 32 bits that follows elsewhere with 64. */
const ELSEWHERE = 0xffffffff;

/**
 * Reads the directory at the end of a zip archive. Folders are left out.
 *
 * @param name what messages call the archive
 * @throws InputError for an archive that is damaged
 */
export async function zipDirectory(name: string, file: RandomAccess): Promise<ZipRecord[]> {
  const damaged = (why: string) => new InputError(`${name} is a damaged zip archive: ${why}`);
  const { count, start, end } = await directoryOf(file, damaged);
  const bytes = await file.slice(Math.min(start, end), end);
  const view = viewOf(bytes);
  const records: ZipRecord[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL)
      throw damaged(`entry ${i + 1} of ${count} is missing`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) throw damaged(`entry ${i + 1} of ${count} is cut off`);
    const path = decodeText(bytes, at + 46, at + 46 + nameLength);
    const extra = { from: at + 46 + nameLength, to: at + 46 + nameLength + extraLength };
    const record = {
      path,
      ...sizesOf(view, at, extra),
      isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
    };
    at = next;
    if (!path.endsWith('/')) records.push(record);
  }
  return records;
}

async function directoryOf(file: RandomAccess, damaged: (why: string) => InputError) {
  const from = Math.max(0, file.length - TAIL_BYTES);
  const tail = viewOf(await file.slice(from, file.length));
  const last = tail.byteLength - END_BYTES;
  let end = last;
  while (end >= 0 && end >= last - 0xffff && tail.getUint32(end, true) !== END) end--;
  if (end < 0 || end < last - 0xffff) throw damaged('it has no directory at its end');
  const count = tail.getUint16(end + 10, true);
  const start = tail.getUint32(end + 16, true);
  const locator = end - 20;
  if (locator < 0 || tail.getUint32(locator, true) !== LOCATOR_64) return { count, start, end: file.length };
  const place = Number(tail.getBigUint64(locator + 8, true));
  if (place + 56 > file.length) throw damaged('its directory is missing');
  const end64 = viewOf(await file.slice(place, place + 56));
  if (end64.getUint32(0, true) !== END_64) throw damaged('its directory is missing');
  return {
    count: Number(end64.getBigUint64(32, true)),
    start: Number(end64.getBigUint64(48, true)),
    end: file.length,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
