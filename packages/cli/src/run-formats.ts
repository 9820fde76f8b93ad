import type { Run } from '@lrfind/finder';
import type { Formats } from './output-files.js';
import { pictureFormats } from './picture-formats.js';
import type { PlotOptions } from './plot-options.js';

/** A run and how its pictures are wanted. */
export interface DrawnRun {
  readonly run: Run;
  readonly picture: Pick<PlotOptions, 'width' | 'height' | 'dark'>;
}

/** The forms in which a run can be written, by file extension. */
export const runFormats: Formats<DrawnRun> = {
  ...pictureFormats(({ lossByRate }, { run, picture: { width, height, dark } }: DrawnRun) =>
    lossByRate(run, { width, height, theme: dark ? 'dark' : 'light' }),
  ),
  '.json': async ({ run }) => `${JSON.stringify(run, null, 1)}\n`,
  '.csv': async ({ run }) => curveCsv(run),
};

/** The combined curve and each seed's raw losses, a row for each rate; empty where nothing was measured. */
function curveCsv({ curve, seeds }: Run): string {
  const header = ['rate', 'median', 'low', 'high', 'smoothed', 'slope', ...seeds.map(({ seed }) => `seed ${seed}`)];
  const rows = curve.map(({ rate, median, low, high, smoothed, slope }, i) => [
    rate,
    median,
    low,
    high,
    smoothed,
    slope,
    ...seeds.map(({ points }) => points[i]?.loss),
  ]);
  return `${[header, ...rows].map((row) => row.map((cell) => cell ?? '').join(',')).join('\n')}\n`;
}
