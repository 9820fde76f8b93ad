import type { TableDescription } from '@lrfind/core/results';
import { csvText } from '../shared/outputs/csv.js';
import type { Formats } from '../shared/outputs/output-files.js';
import { resultJson } from '../shared/outputs/result-output.js';

/** The formats of a table's description by file extension. */
export const tableDescriptionFormats: Formats<TableDescription> = {
  '.json': async (description) => resultJson(description),
  '.csv': async (description) => columnsCsv(description),
};

/** One row for each column. */
function columnsCsv({ columns }: TableDescription): string {
  const header = ['column', 'kind', 'role', 'missing', 'distinct', 'low', 'high', 'mean', 'deviation', 'features'];
  const rows = columns.map(({ name, kind, role, missing, distinct, numbers, features }) => [
    name,
    kind,
    role,
    missing,
    distinct,
    numbers?.low,
    numbers?.high,
    numbers?.mean,
    numbers?.deviation,
    features,
  ]);
  return csvText([header, ...rows]);
}
