import { wrapText } from './text-width.js';

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
 * @param small whether to save room: smaller letters, two lines of title in place of three
 */
export function layHeading(title: string, subtitle: string, width: number, small: boolean): Heading {
  const titleSize = small ? 13 : 15;
  const subtitleSize = small ? 10 : 12;
  const titles = wrapText(title, width, small ? 2 : 3, titleSize, 'bold');
  const subtitles = wrapText(subtitle, width, 1, subtitleSize);
  const height =
    titles.length * lineHeight(titleSize) +
    subtitles.length * lineHeight(subtitleSize) +
    (titles.length > 0 && subtitles.length > 0 ? between : 0);
  return { title: titles, subtitle: subtitles, titleSize, subtitleSize, height };
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
