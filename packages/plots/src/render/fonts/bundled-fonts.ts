import { createRequire } from 'node:module';
import { type Font, readFonts } from './font-file.js';

/** Family of the bundled font. */
export const bundledFamily = 'DejaVu Sans';

/** The files of the bundled font. */
export function bundledFiles(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}

let regular: Font | undefined;

/** Whether the bundled font has a glyph for a code point. */
export function isBundled(code: number): boolean {
  regular ??= readFonts(bundledFiles()[0] as string)[0] as Font;
  return regular.covers(code);
}
