import { decompress as decompressZstdFrames } from 'fzstd';

/**
 * Unpacks zstd.
 *
 * @param size the number of bytes that must come out
 * @throws an error of any kind for damaged bytes, and for more or fewer bytes
 */
export function unpackZstd(packed: Uint8Array, size: number): Uint8Array {
  const frame = zstdSize(packed);
  if (frame !== undefined && frame !== size) throw new Error(`zstd declares ${frame} bytes in the place of ${size}`);
  const unpacked = decompressZstdFrames(packed, new Uint8Array(size));
  if (unpacked.length !== size) throw new Error(`zstd has ${unpacked.length} bytes in the place of ${size}`);
  return unpacked;
}

/** The size that a zstd frame declares; undefined if it declares none. */
export function zstdSize(packed: Uint8Array): number | undefined {
  if (packed.length < 6) return undefined;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) throw new Error('no zstd frame');
  const descriptor = packed[4] as number;
  const single = descriptor & 0x20;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  const kind = descriptor >> 6;
  if (kind === 0 && !single) return undefined;
  if (at + 8 > packed.length && kind === 3) return undefined;
  if (kind === 0) return packed[at];
  if (kind === 1) return view.getUint16(at, true) + 256;
  return kind === 2 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

/**
 * Unpacks frames of LZ4. Checksums are not compared.
 *
 * @param size the number of bytes that must come out
 * @throws an error for damaged bytes, and for more or fewer bytes
 */
export function unpackLz4(packed: Uint8Array, size: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const unpacked = new Uint8Array(size);
  let at = 0;
  let to = 0;
  while (at < packed.length) {
    if (view.getUint32(at, true) !== 0x184d2204) throw new Error('no LZ4 frame');
    const flags = packed[at + 4] as number;
    if (flags >> 6 !== 1) throw new Error('an unknown version of LZ4');
    // A header of flags and block size, then the content's size, the dictionary, and a checksum.
    at += 6 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1;
    for (;;) {
      const word = view.getUint32(at, true);
      at += 4;
      if (word === 0) break;
      const length = word & 0x7fffffff;
      if (at + length > packed.length) throw new Error('an LZ4 block is cut off');
      const block = packed.subarray(at, at + length);
      if (word >>> 31) {
        if (to + length > size) throw new Error(`more than ${size} bytes`);
        unpacked.set(block, to);
        to += length;
      } else to = unpackLz4Block(block, unpacked, to);
      at += length + (flags & 16 ? 4 : 0);
    }
    at += flags & 4 ? 4 : 0;
  }
  if (to !== size) throw new Error(`LZ4 has ${to} bytes in the place of ${size}`);
  return unpacked;
}

/** @returns where the next block goes */
function unpackLz4Block(block: Uint8Array, unpacked: Uint8Array, start: number): number {
  let at = 0;
  let to = start;
  const more = (length: number) => {
    let sum = length;
    if (length !== 15) return sum;
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= block.length) throw new Error('an LZ4 block is cut off');
      byte = block[at++] as number;
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++] as number;
    const literals = more(token >> 4);
    if (at + literals > block.length || to + literals > unpacked.length) throw new Error('LZ4 has too many literals');
    unpacked.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === block.length) break;
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8);
    at += 2;
    const length = more(token & 15) + 4;
    if (!(distance > 0) || distance > to || to + length > unpacked.length)
      throw new Error('LZ4 repeats what is not there');
    if (distance >= length) unpacked.copyWithin(to, to - distance, to - distance + length);
    else for (let i = 0; i < length; i++) unpacked[to + i] = unpacked[to + i - distance] as number;
    to += length;
  }
  return to;
}
