import { InputError, notAllowed, notOneOf, unknownOption } from '@lrfind/core';
import { renderToString } from 'preact-render-to-string';
import { printable } from '../text/printable.js';
import { withReadableNames } from '../text/readable-names.js';
import { figuresOf } from './figures/figure.js';
import { Page, type PageResult, type ReportFiles } from './page.js';
import { sectionOf, sections } from './sections/registry.js';
import type { ReportedResult } from './sections/section.js';

/** Options of a report. */
export interface ReportOptions {
  /** Heading of the page; default: that of its result. */
  title?: string | undefined;
}

/**
 * Makes one HTML page of results, with the files that it holds: their place depends on where this runs.
 *
 * @throws InputError for no document, one of an unknown format, or an invalid option
 */
export async function reportHtml(
  documents: readonly ReportedResult[],
  options: ReportOptions,
  files: ReportFiles,
): Promise<string> {
  const { title } = checked(documents, options);
  const results: PageResult[] = [];
  for (const [i, document] of documents.entries()) {
    const id = `result-${i + 1}`;
    const result = withReadableNames(document.result);
    results.push({ ...document, result, id, figures: await figuresOf(result, id) });
  }
  const [only] = results.length === 1 ? results : [];
  const heading = title ?? (only ? sectionOf(only.result).title(only.result) : `Report on ${documents.length} results`);
  return printable(`<!DOCTYPE html>\n${renderToString(<Page title={heading} results={results} files={files} />)}\n`);
}

function checked(documents: readonly ReportedResult[], options: ReportOptions): ReportOptions {
  if (documents.length === 0) throw new InputError('report must have at least one result; got none');
  for (const { result } of documents) {
    if (!Object.hasOwn(sections, result?.format)) throw notOneOf('format', Object.keys(sections), result?.format);
  }
  for (const name of Object.keys(options)) if (name !== 'title') throw unknownOption(name, ['title']);
  if (options.title !== undefined && typeof options.title !== 'string')
    throw notAllowed('title', 'text', options.title);
  return options;
}
