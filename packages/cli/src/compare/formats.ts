import type { Comparison } from '@lrfind/core/results';
import { csvLines } from '../shared/outputs/csv.js';
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

/**
 * One row for each evaluation of each trial with each seed; where a callback restored weights, a column marks the rows whose
 * weights count.
 */
function comparisonCsv({ trials }: Comparison): Iterable<string> {
  const all = trials.flatMap(({ trainings }) => trainings);
  const columns = evaluationColumns(all);
  const marks = all.some(({ restored }) => restored);
  const titles = ['trial', 'seed', ...columns.map(({ title }) => title), ...(marks ? ['restored'] : [])];
  function* rows() {
    yield titles;
    for (const { name, trainings } of trials)
      for (const { seed, evaluations, restored } of trainings)
        for (const evaluation of evaluations)
          yield [
            name,
            seed,
            ...columns.map(({ cell }) => cell(evaluation)),
            ...(marks ? [evaluation.step === restored?.step ? 1 : 0] : []),
          ];
  }
  return csvLines(rows());
}
