import type { Comparison } from '@lrfind/core/results';
import { csvText } from '../shared/outputs/csv.js';
import { evaluationColumns } from '../shared/outputs/evaluation-columns.js';
import type { ResultOutput } from '../shared/outputs/result-output.js';
import { flags } from './options.js';
import { comparisonSummary } from './summary.js';

/** How the result of a comparison is printed and written. */
export const comparisonOutput: ResultOutput<Comparison> = {
  format: 'lrfind-comparison',
  command: 'lrfind compare',
  flags,
  summary: comparisonSummary,
  csv: comparisonCsv,
};

/** One row for each evaluation of each trial with each seed. */
function comparisonCsv({ trials }: Comparison): string {
  const columns = evaluationColumns(trials.flatMap(({ trainings }) => trainings));
  const rows = trials.flatMap(({ name, trainings }) =>
    trainings.flatMap(({ seed, evaluations }) =>
      evaluations.map((evaluation) => [name, seed, ...columns.map(({ cell }) => cell(evaluation))]),
    ),
  );
  return csvText([['trial', 'seed', ...columns.map(({ title }) => title)], ...rows]);
}
