import type { Theme } from '../theme.js';

/** How a line is told from the others. */
export interface SeriesLook {
  color: string;
  dash: readonly number[];
}

/** Beyond the colours that all eyes can tell apart, lines differ by their dashes. */
const dashes = [[], [7, 4], [2, 3]];

/** The most lines that can be told apart with ease. */
export const mostSeries = 12;

/** Colour and dashes of the line of that number, counted from 0. */
export function seriesLook({ series }: Theme, number: number): SeriesLook {
  return {
    color: series[number % series.length] as string,
    dash: dashes[Math.floor(number / series.length) % dashes.length] as number[],
  };
}
