import { graphemes, isEmoji } from '../../text/graphemes.js';
import { isBundled } from './bundled-fonts.js';
import type { Font } from './font-file.js';
import { substitutes } from './system-fonts.js';

/** A document in which dashes stand for what other fonts draw. */
export interface SubstitutedText {
  readonly svg: string;
  readonly runs: readonly ForeignRun[];
  /** What no font has. */
  readonly missing: readonly string[];
}

/** A run of characters in a font of its own. A dash as long as the run holds its place, with an invisible stroke as its mark. */
export interface ForeignRun {
  readonly text: string;
  readonly font: Font;
  /** Length in ems of the text around it. */
  readonly ems: number;
  /** The colour of the stroke, by which the dash is found again. */
  readonly mark: string;
}

/** Characters that the bundled font may lack; for all others no look into its file is needed. */
const OTHER =
  /[\u02b0-\u036f\u0526-\u200f\u2028-\u206f\u2090-\u218f\u2200-\u2211\u2213-\u2247\u2249-\u2263\u2266-\u{10ffff}]/u;

/** What is not drawn: controls, joiners, marks of direction, selectors of variants, spaces. */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Z}|\p{Variation_Selector}|\u034f/u;

/** The length of an emoji in ems. */
const EMOJI_EMS = 1.25;

/**
 * Replaces the characters of an SVG document that the bundled font lacks by dashes, where the fonts of some folders have them.
 *
 * @param lengthOf the length of a run in ems
 * @param folders default: those of the platform
 */
export function substituted(
  svg: string,
  lengthOf: (text: string, font: Font) => number,
  folders?: readonly string[],
): SubstitutedText {
  const foreign = new Set(foreignGraphemes(svg));
  const chosen = chooseFonts([...foreign], folders);
  const runs: ForeignRun[] = [];
  const dash = (text: string, font: Font, ems: number) => {
    const mark = `#${(0xfe0100 + runs.length).toString(16)}`;
    runs.push({ text, font, ems, mark });
    return `<tspan stroke="${mark}" stroke-opacity="0" font-weight="normal" font-size="${ems}em">—</tspan>`;
  };
  const rewritten = withTextNodes(svg, (text) =>
    neighbours(graphemes(text), (grapheme) => chosen.get(grapheme))
      .map(({ font, run }) => {
        if (!font) return run.join('');
        if (font.colored) return run.map((each) => dash(each, font, EMOJI_EMS)).join('');
        return dash(run.join(''), font, lengthOf(run.join(''), font));
      })
      .join(''),
  );
  const missing = [...foreign].filter((grapheme) => !chosen.has(grapheme) && !visible(grapheme).every(isBundled));
  return { svg: rewritten, runs, missing };
}

/** Whether a document has characters that the bundled font lacks, or emoji, which others draw in colours. */
export function needsOtherFonts(svg: string): boolean {
  return (OTHER.test(svg) || svg.includes('&#')) && foreignGraphemes(svg).length > 0;
}

function foreignGraphemes(svg: string): string[] {
  return textNodes(svg).flatMap((text) => graphemes(text).filter(isForeign));
}

/** The texts that a document shows, with numeric references resolved. */
function textNodes(svg: string): string[] {
  const texts: string[] = [];
  withTextNodes(svg, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

function withTextNodes(svg: string, replace: (text: string) => string): string {
  return svg.replace(/<text\b[^>]*>[\s\S]*?<\/text>/g, (element) =>
    element.replace(/>([^<]+)/g, (_, text: string) => `>${replace(text.replace(/&#(x?)([\da-f]+);/gi, reference))}`),
  );
}

/** A numeric reference as its character, unless that is one of markup. */
function reference(whole: string, hexadecimal: string, digits: string): string {
  const code = Number.parseInt(digits, hexadecimal ? 16 : 10);
  return code > 0x7f && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : whole;
}

function visible(grapheme: string): number[] {
  return [...grapheme].filter((each) => !INVISIBLE.test(each)).map((each) => each.codePointAt(0) as number);
}

function isForeign(grapheme: string): boolean {
  return OTHER.test(grapheme) && (isEmoji(grapheme) || !visible(grapheme).every(isBundled));
}

/** Whether coloured fonts are the first choice: also for pictographs that nobody marked as emoji. */
function isPictograph(grapheme: string): boolean {
  return isEmoji(grapheme) || /\p{Extended_Pictographic}/u.test(grapheme);
}

/** The font of each grapheme that one font has as a whole. */
function chooseFonts(foreign: readonly string[], folders: readonly string[] | undefined): Map<string, Font> {
  const chosen = new Map<string, Font>();
  const [emoji, text] = [foreign.filter(isPictograph), foreign.filter((each) => !isPictograph(each))];
  for (const [kind, some] of [['emoji', emoji] as const, ['text', text] as const]) {
    const codes = new Set(some.flatMap(visible));
    const needed = kind === 'emoji' ? codes : [...codes].filter((code) => !isBundled(code));
    const { fonts } = substitutes([...needed], kind, folders);
    for (const grapheme of some) {
      // A mark of the bundled font may stand on a letter of another, which then draws both as well as it can.
      const wanted = visible(grapheme);
      const own = wanted.filter((code) => !isBundled(code));
      const whole = fonts.find(({ covers }) => wanted.every(covers));
      const font = whole ?? (own.length === 0 ? undefined : fonts.find(({ covers }) => own.every(covers)));
      if (font) chosen.set(grapheme, font);
    }
  }
  return chosen;
}

/** Neighbours that have the same font; spaces between them belong to them, so that a phrase is shaped as one. */
function neighbours(letters: readonly string[], fontOf: (letter: string) => Font | undefined) {
  const found: { font: Font | undefined; run: string[] }[] = [];
  letters.forEach((letter, i) => {
    const last = found.at(-1);
    const next = letters[i + 1];
    const outlined = last?.font && !last.font.colored && last.font.covers(0x20) ? last.font : undefined;
    const joins = letter === ' ' && outlined && next !== undefined && fontOf(next) === outlined;
    const font = joins ? outlined : fontOf(letter);
    if (last && last.font === font && !font?.colored) last.run.push(letter);
    else found.push({ font, run: [letter] });
  });
  return found;
}
