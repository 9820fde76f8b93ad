import type { Run } from '@lrfind/finder';
import { csvText } from './csv.js';
import { chartOptions, type DrawnResult, resultJson } from './drawn-result.js';
import type { Formats } from './output-files.js';
import { pictureFormats } from './picture-formats.js';

/** The forms in which a run can be written, by file extension. */
export const runFormats: Formats<DrawnResult<Run>> = {
  ...pictureFormats(({ lossByRate }, { result, picture }: DrawnResult<Run>) =>
    lossByRate(result, chartOptions(picture)),
  ),
  '.json': async ({ result }) => resultJson(result),
  '.csv': async ({ result }) => curveCsv(result),
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
  return csvText([header, ...rows]);
}
