import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of the header of a 64-bit ELF file. */
const HEADER_BYTES = 64;

/** `\x7fELF`, 64 bits, little-endian: what Linux has on x86-64 and arm64. */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1];

/**
 * How much of a library is missing at its end. The system maps such a file without an error, and ends the process when it reads there.
 *
 * @param path of a file that exists
 * @returns its size and the size that its headers need, in bytes; undefined where nothing is missing, and where it is no 64-bit ELF file
 */
export function missingEnd(path: string): { readonly has: number; readonly needs: number } | undefined {
  const file = openSync(path, 'r');
  try {
    const has = fstatSync(file).size;
    const header = read(file, 0, HEADER_BYTES);
    if (!MAGIC.every((byte, i) => header[i] === byte)) return undefined;
    // e_phoff, e_shoff, e_phentsize, e_phnum, e_shentsize and e_shnum of Elf64_Ehdr.
    const [segmentsAt, sectionsAt] = [Number(header.readBigUInt64LE(32)), Number(header.readBigUInt64LE(40))];
    const [segmentBytes, segments, sectionBytes, sections] = [54, 56, 58, 60].map((at) => header.readUInt16LE(at)) as [
      number,
      number,
      number,
      number,
    ];
    const table = read(file, segmentsAt, segments * segmentBytes);
    // p_offset and p_filesz of Elf64_Phdr.
    const ends = Array.from({ length: segments }, (_, i) => i * segmentBytes).map(
      (at) => Number(table.readBigUInt64LE(at + 8)) + Number(table.readBigUInt64LE(at + 32)),
    );
    const needs = Math.max(segmentsAt + table.length, sectionsAt + sections * sectionBytes, ...ends);
    return has < needs ? { has, needs } : undefined;
  } finally {
    closeSync(file);
  }
}

/** Bytes of a file; zeros beyond its end. */
function read(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}
