import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A TrueType font, read as far as the width of a text needs it. */
export interface Font {
  unitsPerEm: number;
  /** advance width of a character, that of the box for missing ones if the font lacks it */
  advance: (code: number) => number;
}

const path = createRequire(import.meta.url).resolve;

export const regular = readFont(path('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
export const bold = readFont(path('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'));

/** Width of a text in pixels. */
export function measured(text: string, size: number, font: Font): number {
  const units = [...text].reduce((sum, character) => sum + font.advance(character.codePointAt(0) as number), 0);
  return (units * size) / font.unitsPerEm;
}

/** Reads `head`, `hhea`, `hmtx` and the format 12 table of `cmap`; see the OpenType specification. */
function readFont(file: string): Font {
  const bytes = readFileSync(file);
  const tables = new Map<string, number>();
  for (let entry = 12; entry < 12 + 16 * bytes.readUInt16BE(4); entry += 16) {
    tables.set(bytes.toString('latin1', entry, entry + 4), bytes.readUInt32BE(entry + 8));
  }
  const table = (name: string) => tables.get(name) as number;
  const metrics = bytes.readUInt16BE(table('hhea') + 34);

  const cmap = table('cmap');
  const glyphs = new Map<number, number>();
  for (let index = 0; index < bytes.readUInt16BE(cmap + 2); index++) {
    const start = cmap + bytes.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (bytes.readUInt16BE(start) !== 12) continue;
    for (let group = start + 16; group < start + 16 + 12 * bytes.readUInt32BE(start + 12); group += 12) {
      const first = bytes.readUInt32BE(group);
      for (let code = first; code <= bytes.readUInt32BE(group + 4); code++) {
        glyphs.set(code, bytes.readUInt32BE(group + 8) + code - first);
      }
    }
  }
  return {
    unitsPerEm: bytes.readUInt16BE(table('head') + 18),
    advance: (code) => bytes.readUInt16BE(table('hmtx') + 4 * Math.min(glyphs.get(code) ?? 0, metrics - 1)),
  };
}
