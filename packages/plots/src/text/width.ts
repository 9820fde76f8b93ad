import { dejavuSans, unitsPerEm } from './dejavu-sans.js';
import { graphemes, isEmoji } from './graphemes.js';

/** Font of every text: the bundled one first, then one of nearly the same widths for viewers that lack it. */
export const fontFamily = 'DejaVu Sans, Verdana, sans-serif';

/** Weights of the bundled font. */
export type Weight = 'normal' | 'bold';

/** Width of an emoji in ems: the widest of the fonts of the usual systems, so that none overlaps what follows. */
export const emojiWidth = 1.4;

/**
 * Width of a line of text in pixels: the sum of its advance widths, without kerning (which only narrows in this font).
 * A character outside the table counts as a full em, which is wider than nearly all characters are and what Chinese,
 * Japanese and Korean ones take. Marks on letters take nothing, and an emoji of several code points counts once.
 *
 * @param size font size in pixels
 */
export function textWidth(text: string, size: number, weight: Weight = 'normal'): number {
  let units = 0;
  for (const grapheme of graphemes(text)) units += advance(grapheme, weight);
  return (units * size) / unitsPerEm;
}

/** What has no width of its own: marks, joiners, marks of direction. */
const WEIGHTLESS = /[\p{M}\p{Cf}]/u;

/** Width of a grapheme in units of the font. */
function advance(grapheme: string, weight: Weight): number {
  // Faster than a search for the one that nearly all texts consist of.
  if (grapheme.length === 1 && grapheme < '\x7f') return characterAdvance(grapheme, weight);
  if (isEmoji(grapheme)) return emojiWidth * unitsPerEm;
  let units = 0;
  for (const character of grapheme) units += characterAdvance(character, weight);
  return units;
}

function characterAdvance(character: string, weight: Weight): number {
  const code = character.codePointAt(0) as number;
  for (const { first, widths } of dejavuSans[weight]) {
    const width = widths[code - first];
    if (width !== undefined) return width;
  }
  return WEIGHTLESS.test(character) ? 0 : unitsPerEm;
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
    if (!fits(line) || (last && words.length > 0)) line = shortened(line, width, size, weight);
    wrapped.push(line);
    if (last) break;
  }
  return wrapped;
}

/** A name in one line, with an ellipsis in its middle where it is wider than `width` pixels: its ends tell it from others. */
export function cutText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const letters = graphemes(text.trim());
  let room = ((width - textWidth('…', size)) * unitsPerEm) / size;
  let [start, end] = [0, letters.length];
  while (start < end) {
    const atStart = start <= letters.length - end;
    room -= advance(letters[atStart ? start : end - 1] as string, 'normal');
    if (room < 0) break;
    if (atStart) start++;
    else end--;
  }
  return `${letters.slice(0, start).join('').trimEnd()}…${letters.slice(end).join('').trimStart()}`;
}

/** As many graphemes from the start as leave room for an ellipsis. */
function shortened(line: string, width: number, size: number, weight: Weight): string {
  const room = ((width - textWidth('…', size, weight)) * unitsPerEm) / size;
  let kept = '';
  let units = 0;
  for (const grapheme of graphemes(line)) {
    units += advance(grapheme, weight);
    if (units > room) break;
    kept += grapheme;
  }
  return `${kept.trimEnd()}…`;
}
