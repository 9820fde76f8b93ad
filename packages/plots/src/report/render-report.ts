import { createHash } from 'node:crypto';
import { pageScript, pageStyle } from './page-style.js';
import { type ReportOptions, reportHtml } from './report-html.js';
import type { ReportedResult } from './sections/section.js';

/**
 * Makes one HTML page of results: answer, charts with tooltips, tables, options, environment, and how to reproduce them.
 * The page loads nothing from elsewhere, adapts to light and dark, and prints. Equal results give equal text.
 *
 * @param documents at least one, in the order of the page
 * @throws InputError for no document, one of an unknown format, or an invalid option
 *
 * @example
 * writeFileSync('report.html', await renderReport([{ result: sweep }, { result: comparison }]));
 */
export function renderReport(documents: readonly ReportedResult[], options: ReportOptions = {}): Promise<string> {
  const scriptHash = createHash('sha256').update(pageScript).digest('base64');
  return reportHtml(documents, options, { style: pageStyle, script: pageScript, scriptHash });
}
