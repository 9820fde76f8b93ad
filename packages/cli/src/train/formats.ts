import type { TrainingResult } from '@lrfind/core/results';
import { csvText } from '../shared/outputs/csv.js';
import { chartOptions, type DrawnResult, resultJson } from '../shared/outputs/render-input.js';
import type { Formats } from '../shared/outputs/output-files.js';
import { pictureFormats } from '../shared/outputs/picture-formats.js';
import { pointColumns } from '../shared/outputs/evaluation-columns.js';

/** The forms in which a training can be written, by file extension. */
export const trainingFormats: Formats<DrawnResult<TrainingResult>> = {
  ...pictureFormats(({ trainingHistory }, { result, picture }: DrawnResult<TrainingResult>) =>
    trainingHistory(result, chartOptions(picture)),
  ),
  '.json': async ({ result }) => resultJson(result),
  '.csv': async ({ result }) => trainingCsv(result),
};

/** A row for each point of the training. */
function trainingCsv({ training }: TrainingResult): string {
  const columns = pointColumns([training]);
  const rows = training.points.map((point) => columns.map(({ cell }) => cell(point)));
  return csvText([columns.map(({ title }) => title), ...rows]);
}
