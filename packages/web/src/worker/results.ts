import type { Result } from '@lrfind/core/results';
import { chartFor, renderSvg, reportHtml, sectionOf } from '@lrfind/plots';
import { comparisonFlags } from 'lrfind/src/compare/comparison-options.js';
import { repeatedSearch } from 'lrfind/src/find/search-options.js';
import { codeLines } from 'lrfind/src/shared/code-lines.js';
import { reported } from 'lrfind/src/shared/reported.js';
import { trainingFlags } from 'lrfind/src/train/training-options.js';
import type { Shown } from '../protocol.js';

/** As JSON; the build puts it here. */
declare const REPORT_FILES: string;

/** The style and the script of a report. */
const reportFiles: Parameters<typeof reportHtml>[2] = JSON.parse(REPORT_FILES);

/** A result as a report takes it, with the command that makes it again. */
function reportedResult(result: Result, file?: string) {
  if (result.format === 'lrfind-sweep') return reported({ ...repeatedSearch, code: codeLines }, result, file);
  if (result.format === 'lrfind-training')
    return reported({ command: 'lrfind train', flags: trainingFlags }, result, file);
  return reported({ command: 'lrfind compare', flags: comparisonFlags }, result, file);
}

/** The report of one or more results. */
export function reportOf(results: readonly { readonly result: Result; readonly file?: string }[]): Promise<string> {
  return reportHtml(
    results.map(({ result, file }) => reportedResult(result, file)),
    {},
    reportFiles,
  );
}

/** A result as the page shows it: drawing its report loads Vega. */
export async function shown(result: Result): Promise<Shown> {
  const section = sectionOf(result);
  return {
    title: section.title(result),
    lead: section.answer(result).lead,
    json: jsonOf(result),
    report: await reportOf([{ result }]),
  };
}

/** The document as the command writes it. */
function jsonOf(result: Result): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}

/**
 * The first chart of a result as SVG, as the command draws it.
 *
 * @param json a result of `shown`
 */
export async function picture(json: string, dark: boolean): Promise<string> {
  const result: Result = JSON.parse(json);
  return renderSvg(chartFor(result).draw(result, { theme: dark ? 'dark' : 'light' }));
}
