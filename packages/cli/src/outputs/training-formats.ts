import type { TrainingRun } from '@lrfind/finder/analysis';
import { csvText } from './csv.js';
import { chartOptions, type DrawnResult, resultJson } from './drawn-result.js';
import type { Formats } from './output-files.js';
import { pictureFormats } from './picture-formats.js';
import { pointColumns } from './point-columns.js';

/** The forms in which a training can be written, by file extension. */
export const trainingFormats: Formats<DrawnResult<TrainingRun>> = {
  ...pictureFormats(({ trainingHistory }, { result, picture }: DrawnResult<TrainingRun>) =>
    trainingHistory(result, chartOptions(picture)),
  ),
  '.json': async ({ result }) => resultJson(result),
  '.csv': async ({ result }) => trainingCsv(result),
};

/** A row for each point of the training. */
function trainingCsv({ training }: TrainingRun): string {
  const columns = pointColumns([training]);
  const rows = training.points.map((point) => columns.map(({ cell }) => cell(point)));
  return csvText([columns.map(({ title }) => title), ...rows]);
}
