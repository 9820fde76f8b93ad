import type { Comparison } from '@lrfind/core/results';
import { csvText } from '../shared/outputs/csv.js';
import { chartOptions, type DrawnResult, resultJson } from '../shared/outputs/render-input.js';
import type { Formats } from '../shared/outputs/output-files.js';
import { pictureFormats } from '../shared/outputs/picture-formats.js';
import { pointColumns } from '../shared/outputs/evaluation-columns.js';

/** The forms in which a comparison can be written, by file extension. */
export const comparisonFormats: Formats<DrawnResult<Comparison>> = {
  ...pictureFormats(({ trainingComparison }, { result, picture }: DrawnResult<Comparison>) =>
    trainingComparison(result, chartOptions(picture)),
  ),
  '.json': async ({ result }) => resultJson(result),
  '.csv': async ({ result }) => comparisonCsv(result),
};

/** A row for each point of each run with each seed. */
function comparisonCsv({ runs }: Comparison): string {
  const columns = pointColumns(runs.flatMap(({ trainings }) => trainings));
  const rows = runs.flatMap(({ name, trainings }) =>
    trainings.flatMap(({ seed, points }) =>
      points.map((point) => [name, seed, ...columns.map(({ cell }) => cell(point))]),
    ),
  );
  return csvText([['run', 'seed', ...columns.map(({ title }) => title)], ...rows]);
}
