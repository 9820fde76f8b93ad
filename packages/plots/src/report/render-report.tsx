import { InputError, nearest } from '@lrfind/core';
import { renderToString } from 'preact-render-to-string';
import { figureOf } from './figures/index.js';
import { Page, type PageResult } from './page.js';
import type { ReportedResult } from './result.js';
import { kindOf, resultKinds } from './results/index.js';

/** How a report looks. */
export interface ReportOptions {
  /** heading of the page; default: what it reports */
  title?: string | undefined;
}

/**
 * Makes one HTML page of results: answer, figures with values to be read, options, environment, tables, and how to reproduce.
 * The page is whole in itself: it loads nothing, reads in light and dark, and prints. Equal results give equal text.
 *
 * @param documents at least one, in the order in which they stand in the page
 * @throws InputError for no document, one that is none of lrfind's, or an option that makes no sense
 */
export async function renderReport(documents: readonly ReportedResult[], options: ReportOptions = {}): Promise<string> {
  const { title } = checked(documents, options);
  const results: PageResult[] = [];
  for (const [i, document] of documents.entries()) {
    const id = `result-${i + 1}`;
    results.push({ ...document, id, figure: await figureOf(document.result, id) });
  }
  const [only] = documents.length === 1 ? documents : [];
  const heading = title ?? (only ? kindOf(only.result).title(only.result) : `Report on ${documents.length} results`);
  return `<!DOCTYPE html>\n${renderToString(<Page title={heading} results={results} />)}\n`;
}

function checked(documents: readonly ReportedResult[], options: ReportOptions): ReportOptions {
  if (documents.length === 0) throw new InputError('report: there is no result to report');
  for (const { result } of documents) {
    if (Object.hasOwn(resultKinds, result?.format)) continue;
    throw new InputError(
      `report: unknown format ${JSON.stringify(result?.format)}; allowed: ${Object.keys(resultKinds).join(', ')}`,
    );
  }
  const known = ['title'];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const guess = nearest(name, known);
    throw new InputError(
      `report: unknown option "${name}"; allowed: ${known.join(', ')}${guess ? `. Did you mean "${guess}"?` : ''}`,
    );
  }
  if (options.title !== undefined && typeof options.title !== 'string') {
    throw new InputError(`title: expected a string, got ${JSON.stringify(options.title)}`);
  }
  return options;
}
