import { fitNames } from '../text/fit-names.js';
import { shortName } from '../text/short-name.js';
import { textWidth, wrapText } from '../text/width.js';
import type { ChartStyle } from './chart-options.js';
import { edge, titleGap, titleLines } from './sizes.js';

/** Title and subtitle of a figure, broken into lines. Lengths are in pixels. */
export interface TitleLayout {
  title: string[];
  subtitle: string[];
  titleSize: number;
  subtitleSize: number;
  /** Height of all lines together. */
  height: number;
}

/** Space between title and subtitle, in pixels. */
const subtitlePadding = 4;

/** The parts of a subtitle that fit into a line: long words are shortened first, then the last parts are left out. */
function fitParts(text: string, width: number, size: number): string {
  const fits = (line: string) => textWidth(line, size) <= width;
  const parts = text.split(' · ');
  if (fits(text) || parts.length === 1) return text;
  for (let kept = parts.length; kept > 1; kept--) {
    const some = parts.slice(0, kept).join(' · ');
    for (const most of [40, 28, 20]) {
      const shorter = some.replace(/[\p{L}_][\p{L}\p{N}_-]*/gu, (word) =>
        shortName(word, ({ length }) => length <= most),
      );
      if (fits(shorter)) return shorter;
    }
  }
  return parts[0] as string;
}

/**
 * Breaks title and subtitle into lines. The title shrinks by up to two pixels where that saves a second line. Where the lines have no
 * room for a text, names in it are shortened before anything is cut. A subtitle of several parts (`a · b · c`) then loses its last ones.
 *
 * @param names of models, trials and groups that the texts contain
 */
export function layOutTitle(
  whole: string,
  wholeSubtitle: string,
  style: ChartStyle,
  names: readonly string[] = [],
): TitleLayout {
  const { size } = style;
  const width = style.width - 2 * edge;
  const lines = titleLines(style);
  const title = fitNames(whole, names, (text) => !isCut(wrapText(text, width, lines, size + 3, 'bold')));
  const sizes = [size + 4, size + 3, size + 2];
  const titleSize = sizes.find((candidate) => textWidth(title, candidate, 'bold') <= width) ?? size + 3;
  const subtitleSize = size + (size > 10 ? 1 : 0);
  const titles = balanced(title, width, lines, titleSize);
  const subtitle = fitNames(wholeSubtitle, names, (text) => textWidth(text, subtitleSize) <= width);
  const subtitles = wrapText(fitParts(subtitle, width, subtitleSize), width, 1, subtitleSize);
  const height =
    titles.length * lineHeight(titleSize) +
    subtitles.length * lineHeight(subtitleSize) +
    (titles.length > 0 && subtitles.length > 0 ? subtitlePadding : 0);
  return { title: titles, subtitle: subtitles, titleSize, subtitleSize, height };
}

/** Breaks a title into as few lines as the width allows, of about equal lengths. */
function balanced(title: string, width: number, lines: number, size: number): string[] {
  let best = wrapText(title, width, lines, size, 'bold');
  // Narrower lines would cut even more from a title that is cut already.
  if (best.length === lines || isCut(best)) return best;
  for (let narrower = width - size; narrower > 0; narrower -= size) {
    const next = wrapText(title, narrower, lines, size, 'bold');
    if (next.length > best.length || isCut(next)) break;
    best = next;
  }
  return best;
}

const isCut = (lines: readonly string[]) => lines.some((line) => line.endsWith('…'));

const lineHeight = (size: number) => Math.round(size * 1.25);

/**
 * The title as Vega-Lite takes it.
 *
 * @param left offset of the text from the left end of the panels, in pixels; negative is further left
 */
export function titleSpec({ title, subtitle, titleSize, subtitleSize }: TitleLayout, left: number) {
  return {
    text: title,
    subtitle,
    dx: left,
    offset: titleGap,
    fontSize: titleSize,
    lineHeight: lineHeight(titleSize),
    subtitleFontSize: subtitleSize,
    subtitleLineHeight: lineHeight(subtitleSize),
    subtitlePadding,
  };
}
