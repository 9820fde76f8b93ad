import { basename } from 'node:path';
import type { ReportedResult } from '@lrfind/plots';
import { readResult } from '../files/read-result.js';
import { refuseTwice } from '../files/same-file.js';
import { outputOf } from '../results.js';
import { flagOptions } from '../shared/flag-values.js';
import { checkOutputs, type Formats, writeOutputs } from '../shared/outputs/output-files.js';
import { reported } from '../shared/reported.js';
import { ReportOptions } from './options.js';

/** The formats of a report by extension. Charts are loaded when it is written, since loading Vega takes time. */
const reportFormats: Formats<{ readonly documents: readonly ReportedResult[]; readonly title: string | undefined }> = {
  '.html': async ({ documents, title }) => (await import('@lrfind/plots')).renderReport(documents, { title }),
};

/**
 * `lrfind report result.json … -o report.html`: makes one page of stored results.
 *
 * @param paths at least one
 * @param flags from commander
 * @throws InputError for a file that is not a result, or an output that cannot be written; nothing is written then
 */
export async function report(paths: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { out, title } = flagOptions(ReportOptions, flags);
  await refuseTwice(paths, 'report');
  const inputs = paths.map((path) => ({ option: 'report', path }));
  await checkOutputs([out], reportFormats, '--out', inputs);
  const documents: ReportedResult[] = [];
  for (const path of paths) {
    const result = await readResult(path);
    documents.push(reported(outputOf(result), result, basename(path)));
  }
  await writeOutputs([out], reportFormats, { documents, title });
  process.stderr.write(`wrote ${out}\n`);
}
