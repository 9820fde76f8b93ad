import type { SweepResult } from '@lrfind/core/results';
import { csvText } from '../shared/outputs/csv.js';
import { chartOptions, type DrawnResult, resultJson } from '../shared/outputs/render-input.js';
import type { Formats } from '../shared/outputs/output-files.js';
import { pictureFormats } from '../shared/outputs/picture-formats.js';

/** The forms in which a run can be written, by file extension. */
export const runFormats: Formats<DrawnResult<SweepResult>> = {
  ...pictureFormats(({ lossByRate }, { result, picture }: DrawnResult<SweepResult>) =>
    lossByRate(result, chartOptions(picture)),
  ),
  '.json': async ({ result }) => resultJson(result),
  '.csv': async ({ result }) => curveCsv(result),
};

/** The combined curve and each seed's raw losses, a row for each rate; empty where nothing was measured. */
function curveCsv({ curve, seeds }: SweepResult): string {
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
