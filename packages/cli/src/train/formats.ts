import type { Evaluation, TrainingResult } from '@lrfind/core/results';
import { csvText } from '../shared/outputs/csv.js';
import { evaluationColumns } from '../shared/outputs/evaluation-columns.js';
import type { ResultOutput } from '../shared/outputs/result-output.js';
import { flags } from './options.js';
import { trainingSummary } from './summary.js';

/** How the result of a training is printed and written. */
export const trainingOutput: ResultOutput<TrainingResult> = {
  format: 'lrfind-training',
  command: 'lrfind train',
  flags,
  summary: trainingSummary,
  csv: trainingCsv,
};

/** One row for each evaluation; where a callback restored weights, a column marks the row whose weights the model holds. */
function trainingCsv({ training, restored }: TrainingResult): string {
  const mark = { title: 'restored', cell: ({ step }: Evaluation) => (step === restored?.step ? 1 : 0) };
  const columns = [...evaluationColumns([training]), ...(restored ? [mark] : [])];
  const rows = training.evaluations.map((evaluation) => columns.map(({ cell }) => cell(evaluation)));
  return csvText([columns.map(({ title }) => title), ...rows]);
}
