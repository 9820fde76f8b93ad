import type { PageHeader } from 'hyparquet/src/types.js';

/**
 * Checks what a page declares before it is decoded: runs of repeated values may claim any length, and the decoder would
 * write as many.
 *
 * @param bytes the page, unpacked; of version 2 without its levels
 * @param header of the page
 * @param levels whether it begins with definition levels, which say where values are missing
 * @throws an error for runs that are longer than the page
 */
export function checkPage(bytes: Uint8Array, header: PageHeader, levels: boolean, isBoolean: boolean): void {
  const { encoding, num_values: count } = header.data_page_header ??
    header.data_page_header_v2 ?? { encoding: 'PLAIN', num_values: 0 };
  const reader = { bytes, at: 0 };
  if (levels) {
    const end = 4 + lengthAt(reader);
    checkRuns(reader, 1, count, end);
    reader.at = end;
  }
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE') {
    const width = isBoolean ? 1 : byteAt(reader);
    if (width > 32) throw new Error(`a dictionary of ${width} bits`);
    if (isBoolean) lengthAt(reader);
    checkRuns(reader, width, count, bytes.length);
  } else if (encoding.startsWith('DELTA')) {
    const block = variableAt(reader);
    const parts = variableAt(reader);
    if (parts < 1 || block > 1 << 20 || block % parts !== 0)
      throw new Error(`blocks of ${block} values in ${parts} parts`);
  }
}

/**
 * Checks the levels of a page of version 2, which are never packed.
 *
 * @param bytes the levels
 */
export function checkLevels(bytes: Uint8Array, count: number): void {
  checkRuns({ bytes, at: 0 }, 1, count, bytes.length);
}

/** The last groups of eight values may be filled up: DuckDB writes 32 groups at a time. */
export const MOST_PADDING = 511;

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function checkRuns(reader: Reader, width: number, count: number, end: number): void {
  if (end > reader.bytes.length) throw new Error('levels are cut off');
  for (let seen = 0; seen < count && reader.at < end; ) {
    const header = variableAt(reader);
    if (header & 1) {
      const groups = header >>> 1;
      if (groups * 8 > count - seen + MOST_PADDING)
        throw new Error(`a run of ${groups * 8} values in a page of ${count}`);
      seen += groups * 8;
      reader.at += groups * width;
    } else {
      const run = header >>> 1;
      if (run > count - seen) throw new Error(`a run of ${run} values in a page of ${count}`);
      seen += run;
      reader.at += (width + 7) >> 3;
    }
  }
}

function byteAt(reader: Reader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) throw new Error('a page is cut off');
  return byte;
}

function lengthAt(reader: Reader): number {
  return byteAt(reader) + byteAt(reader) * 2 ** 8 + byteAt(reader) * 2 ** 16 + byteAt(reader) * 2 ** 24;
}

function variableAt(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = byteAt(reader);
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
  throw new Error('a number is too long');
}
