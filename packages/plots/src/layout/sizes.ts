// Sizes that all charts share, in pixels.

/** Width and height of a whole figure. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

/** Space around a figure. */
export const edge = 14;

/** Space below the last line of a figure. */
export const bottomEdge = edge - 4;

/** Space between the title and what follows. */
export const titleGap = 8;

/** Space between the lowest axis and the legend. */
export const legendGap = 6;

/** Font size of axes, legend and annotations. */
export function fontSize({ width, height }: FigureSize): number {
  if (isSmall({ width, height })) return 10;
  return width >= 1100 && height >= 700 ? 13 : 11;
}

/** The most lines that a title may take. */
export function titleLines(figure: FigureSize): number {
  return isSmall(figure) ? 2 : 3;
}

function isSmall({ width, height }: FigureSize): boolean {
  return width < 560 || height < 400;
}

/** Height of a horizontal axis below its panel, ticks, labels and title included, for a font size. */
export function axisHeight(size: number): number {
  return Math.round(5 + 3 + size + size / 2 + size * 1.3);
}

/** Width of the title of a vertical axis, with the space beside it, for a font size. */
export function axisTitleWidth(size: number): number {
  return Math.ceil(1.3 * size) + 6;
}
