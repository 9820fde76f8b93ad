import type { PlotOptions } from '../picture-options.js';

/** A result and how its pictures are wanted. */
export interface DrawnResult<Result> {
  readonly result: Result;
  readonly picture: Pick<PlotOptions, 'width' | 'height' | 'dark'>;
}

/** The options of a chart, from those of the command line. */
export function chartOptions({ width, height, dark }: DrawnResult<unknown>['picture']) {
  return { width, height, theme: dark ? 'dark' : 'light' } as const;
}

/** A result as the JSON that `lrfind plot` reads. */
export function resultJson(result: unknown): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}
