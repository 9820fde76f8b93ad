import { isEmoji } from '../../text/graphemes.js';

/** So many of the characters are named. */
const MOST_NAMED = 8;

/** Debian's packages of fonts, which other systems have under similar names, and what tells that one is needed. */
const packages: readonly (readonly [name: string, needed: (grapheme: string) => boolean])[] = [
  ['fonts-noto-color-emoji', (grapheme) => isEmoji(grapheme) || /\p{Extended_Pictographic}/u.test(grapheme)],
  ['fonts-noto-cjk', (grapheme) => /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}]/u.test(grapheme)],
  ['fonts-noto-core', () => true],
];

/**
 * Says which characters a picture shows as boxes, and what to install.
 *
 * @param missing graphemes; at least one
 */
export function missingGlyphs(missing: readonly string[]): string {
  const named = missing.slice(0, MOST_NAMED).join(' ');
  const others = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  const needed = new Set(missing.map((grapheme) => packages.find(([, has]) => has(grapheme))?.[0]));
  return `no font was found for ${named}${others}: the picture shows boxes in their place; install a font that has them (on Debian and Ubuntu: ${[...needed].sort().join(', ')}), or write SVG, for which the viewer chooses fonts`;
}
