import { readFileSync } from 'node:fs';
import type { Font } from './font-file.js';

/** Glyphs of a run with their outlines. Lengths are in ems; upwards is positive. */
export interface ShapedRun {
  readonly length: number;
  readonly glyphs: readonly { readonly x: number; readonly y: number; readonly outline: string }[];
  /** Units of the outlines to the em. */
  readonly unitsPerEm: number;
}

/** Sets a text in a font: joins, stacks and orders the characters as their script asks for. */
export type Shaper = (text: string, font: Font) => ShapedRun;

/**
 * A shaper of its own for each picture, so that large fonts do not stay in memory. HarfBuzz does what the shaper in resvg does not:
 * Indic and Khmer clusters of several glyphs.
 */
export async function loadShaper(): Promise<Shaper> {
  const hb = await import('harfbuzzjs');
  const opened = new Map<Font, { font: InstanceType<typeof hb.Font>; unitsPerEm: number }>();
  const open = ({ path, index }: Font) => {
    const face = new hb.Face(new hb.Blob(readFileSync(path)), index);
    return { font: new hb.Font(face), unitsPerEm: face.upem };
  };
  return (text, file) => {
    const known = opened.get(file) ?? open(file);
    opened.set(file, known);
    const { font, unitsPerEm } = known;
    const buffer = new hb.Buffer();
    buffer.addText(text);
    buffer.guessSegmentProperties();
    hb.shape(font, buffer);
    const positions = buffer.getGlyphPositions();
    let at = 0;
    const glyphs = buffer.getGlyphInfos().map(({ codepoint }, i) => {
      const { xAdvance, xOffset, yOffset } = positions[i] as (typeof positions)[number];
      const x = (at + xOffset) / unitsPerEm;
      at += xAdvance;
      return { x, y: yOffset / unitsPerEm, outline: font.glyphToPath(codepoint) };
    });
    return { length: at / unitsPerEm, glyphs, unitsPerEm };
  };
}
