import { closeSync, openSync, readSync } from 'node:fs';

/** A font, read as far as choosing one needs it. */
export interface Font {
  readonly path: string;
  /** Its place in a collection; 0 in the file of one font. */
  readonly index: number;
  /** Name by which a text asks for it, such as `Noto Sans CJK SC`. */
  readonly family: string;
  /** Whether its glyphs are coloured pictures. */
  readonly colored: boolean;
  /** Whether it has a glyph for a code point. */
  readonly covers: (code: number) => boolean;
}

/** Bytes at a place in a file; fewer where it ends. */
type Reader = (start: number, length: number) => Buffer;

/** Tables of fonts whose glyphs have colours. */
const COLOR_TABLES = ['CBDT', 'sbix', 'COLR', 'SVG '];

/** The longest table that is read: a third more than the largest that is known. */
const MOST_BYTES = 4 << 20;

/**
 * The fonts in a TrueType or OpenType file or collection: their names, and the characters that they have. It reads a few
 * kilobytes of files that may have 20 megabytes.
 *
 * @returns none for a file that is no font, or damaged
 */
export function readFonts(path: string): Font[] {
  let file: number | undefined;
  try {
    const opened = openSync(path, 'r');
    file = opened;
    const reader: Reader = (start, length) => {
      const bytes = Buffer.alloc(Math.min(length, MOST_BYTES));
      return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, start));
    };
    return fontStarts(reader).flatMap((start, index) => readFont(path, index, reader, start) ?? []);
  } catch {
    // Fonts of the system are somebody else's: one that cannot be read is not there.
    return [];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function fontStarts(read: Reader): number[] {
  const head = read(0, 12);
  if (head.toString('latin1', 0, 4) !== 'ttcf') return [0];
  const count = Math.min(head.readUInt32BE(8), 64);
  const offsets = read(12, 4 * count);
  return Array.from({ length: count }, (_, i) => offsets.readUInt32BE(4 * i));
}

function readFont(path: string, index: number, read: Reader, start: number): Font | null {
  const count = read(start + 4, 2).readUInt16BE();
  const entries = read(start + 12, 16 * count);
  const tables = new Map<string, Buffer>();
  for (let at = 0; at < entries.length; at += 16) {
    tables.set(entries.toString('latin1', at, at + 4), entries.subarray(at + 8, at + 16));
  }
  const table = (name: string) => {
    const entry = tables.get(name);
    return entry && read(entry.readUInt32BE(0), entry.readUInt32BE(4));
  };
  const [cmap, name] = [table('cmap'), table('name')];
  const family = name && familyName(name);
  if (!cmap || !family) return null;
  return { path, index, family, colored: COLOR_TABLES.some((each) => tables.has(each)), covers: coverage(cmap) };
}

/** The family in English: the typographic one (16) where there is one, as renderers prefer it, else the plain one (1). */
function familyName(name: Buffer): string | undefined {
  const strings = name.readUInt16BE(4);
  const found = new Map<number, string>();
  for (let at = 6; at < 6 + 12 * name.readUInt16BE(2); at += 12) {
    const [platform, , language, id] = [0, 2, 4, 6].map((field) => name.readUInt16BE(at + field)) as [
      number,
      number,
      number,
      number,
    ];
    if ((id !== 1 && id !== 16) || platform !== 3 || language !== 0x409) continue;
    const start = strings + name.readUInt16BE(at + 10);
    const bytes = Buffer.from(name.subarray(start, start + name.readUInt16BE(at + 8)));
    found.set(id, bytes.swap16().toString('utf16le'));
  }
  return found.get(16) ?? found.get(1);
}

/** Reads `cmap`: tables of format 12 for all characters, else of format 4 for those of the basic plane. */
function coverage(cmap: Buffer): Font['covers'] {
  const starts = Array.from({ length: cmap.readUInt16BE(2) }, (_, i) => cmap.readUInt32BE(8 + 8 * i));
  const ofFormat = (format: number) => starts.find((start) => cmap.readUInt16BE(start) === format);
  const [all, basic] = [ofFormat(12), ofFormat(4)];
  const ranges = all !== undefined ? longRanges(cmap, all) : basic !== undefined ? shortRanges(cmap, basic) : [];
  return (code) => {
    // The ranges are in order.
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const [first, last] = ranges[middle] as Range;
      if (code < first) high = middle;
      else if (code > last) low = middle + 1;
      else return true;
    }
    return false;
  };
}

type Range = readonly [first: number, last: number];

function longRanges(cmap: Buffer, start: number): Range[] {
  return Array.from({ length: cmap.readUInt32BE(start + 12) }, (_, i) => {
    const at = start + 16 + 12 * i;
    return [cmap.readUInt32BE(at), cmap.readUInt32BE(at + 4)];
  });
}

function shortRanges(cmap: Buffer, start: number): Range[] {
  const count = cmap.readUInt16BE(start + 6) / 2;
  return Array.from({ length: count }, (_, i): Range => {
    const last = start + 14 + 2 * i;
    return [cmap.readUInt16BE(last + 2 * count + 2), cmap.readUInt16BE(last)];
  }).filter(([first]) => first !== 0xffff);
}
