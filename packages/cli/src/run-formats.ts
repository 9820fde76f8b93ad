import type { Run } from '@lrfind/finder';
import type { Formats } from './output-files.js';
import type { PlotOptions } from './plot-options.js';

/** A run and how its pictures are wanted. */
export interface DrawnRun {
  readonly run: Run;
  readonly picture: Pick<PlotOptions, 'width' | 'height' | 'dark'>;
}

/** The forms in which a run can be written, by file extension. */
export const runFormats: Formats<DrawnRun> = {
  '.png': async (drawn) => {
    const { renderPng } = await import('@lrfind/plots');
    return renderPng(await spec(drawn));
  },
  '.svg': async (drawn) => {
    const { renderSvg } = await import('@lrfind/plots');
    return renderSvg(await spec(drawn));
  },
  '.json': async ({ run }) => `${JSON.stringify(run, null, 1)}\n`,
  '.csv': async ({ run }) => curveCsv(run),
};

/** The charts are loaded when one is asked for: Vega alone takes longer to load than a small sweep to run. */
async function spec({ run, picture: { width, height, dark } }: DrawnRun) {
  const { lossByRate } = await import('@lrfind/plots');
  return lossByRate(run, { width, height, theme: dark ? 'dark' : 'light' });
}

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
