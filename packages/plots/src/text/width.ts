import { dejavuSans, unitsPerEm } from './dejavu-sans.js';

/** Font of every text: the bundled one first, then one of nearly the same widths for viewers that lack it. */
export const fontFamily = 'DejaVu Sans, Verdana, sans-serif';

/** Weights of the bundled font. */
export type Weight = 'normal' | 'bold';

/**
 * Width of a line of text in pixels: the sum of its advance widths, without kerning (which only narrows in this font).
 * A character outside the table counts as a full em, which is wider than nearly all characters are.
 *
 * @param size font size in pixels
 */
export function textWidth(text: string, size: number, weight: Weight = 'normal'): number {
  let units = 0;
  for (const character of text) units += advance(character.codePointAt(0) as number, weight);
  return (units * size) / unitsPerEm;
}

function advance(code: number, weight: Weight): number {
  for (const { first, widths } of dejavuSans[weight]) {
    const width = widths[code - first];
    if (width !== undefined) return width;
  }
  return unitsPerEm;
}

/**
 * Breaks a text into lines between words; cuts a single word that is too long. An ellipsis replaces what does not fit
 * into the last line.
 *
 * @param width maximum width of a line, in pixels
 * @param lines maximum number of lines
 */
export function wrapText(
  text: string,
  width: number,
  lines: number,
  size: number,
  weight: Weight = 'normal',
): string[] {
  const fits = (line: string) => textWidth(line, size, weight) <= width;
  const wrapped: string[] = [];
  const words = text.split(/\s+/).filter((word) => word !== '');
  while (words.length > 0) {
    let line = words.shift() as string;
    while (words.length > 0 && fits(`${line} ${words[0]}`)) line += ` ${words.shift()}`;
    const last = wrapped.length + 1 === lines;
    if (!fits(line) || (last && words.length > 0)) line = shorten(line, fits);
    wrapped.push(line);
    if (last) break;
  }
  return wrapped;
}

/** A text in one line, cut with an ellipsis where it is wider than `width` pixels. */
export function cutText(text: string, width: number, size: number): string {
  const fits = (line: string) => textWidth(line, size) <= width;
  return fits(text) ? text : shorten(text, fits);
}

function shorten(line: string, fits: (line: string) => boolean): string {
  const characters = [...line];
  while (characters.length > 0 && !fits(`${characters.join('')}…`)) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
