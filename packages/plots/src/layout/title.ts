import { textWidth, wrapText } from '../text/width.js';

/** Title and subtitle, broken into lines, with the height they take. */
export interface Heading {
  title: string[];
  subtitle: string[];
  titleSize: number;
  subtitleSize: number;
  /** of all lines together, in pixels */
  height: number;
}

/** Space between title and subtitle, in pixels. */
const between = 4;

/**
 * Breaks the heading into lines.
 *
 * @param width the longest line, in pixels
 * @param lines the most lines of title
 * @param size font size of the other texts; the title is larger, but not so large that it needs a second line if a little
 * less would do
 */
export function layHeading(title: string, subtitle: string, width: number, lines: number, size: number): Heading {
  const sizes = [size + 4, size + 3, size + 2];
  const titleSize = sizes.find((candidate) => textWidth(title, candidate, 'bold') <= width) ?? size + 3;
  const subtitleSize = size + (size > 10 ? 1 : 0);
  const titles = balanced(title, width, lines, titleSize);
  const subtitles = wrapText(subtitle, width, 1, subtitleSize);
  const height =
    titles.length * lineHeight(titleSize) +
    subtitles.length * lineHeight(subtitleSize) +
    (titles.length > 0 && subtitles.length > 0 ? between : 0);
  return { title: titles, subtitle: subtitles, titleSize, subtitleSize, height };
}

/** Breaks a title into as few lines as the width allows, and makes them about equally long. */
function balanced(title: string, width: number, lines: number, size: number): string[] {
  let best = wrapText(title, width, lines, size, 'bold');
  // Cut words or a cut text would only be cut further.
  if (best.length === lines || best.some((line) => line.endsWith('…'))) return best;
  for (let narrower = width - size; narrower > 0; narrower -= size) {
    const next = wrapText(title, narrower, lines, size, 'bold');
    if (next.length > best.length || next.some((line) => line.endsWith('…'))) break;
    best = next;
  }
  return best;
}

const lineHeight = (size: number) => Math.round(size * 1.25);

/**
 * The heading as Vega-Lite's title.
 *
 * @param left distance of the text from the left end of the panels, in pixels; negative: further left
 * @param offset space between the heading and what is below it, in pixels
 */
export function headingTitle({ title, subtitle, titleSize, subtitleSize }: Heading, left: number, offset: number) {
  return {
    text: title,
    subtitle,
    dx: left,
    offset,
    fontSize: titleSize,
    lineHeight: lineHeight(titleSize),
    subtitleFontSize: subtitleSize,
    subtitleLineHeight: lineHeight(subtitleSize),
    subtitlePadding: between,
  };
}
