import { parseJson } from '@lrfind/core';
import { parseResult, type Result } from '@lrfind/core/results';
import { decodeText, readDocument } from '@lrfind/data';
import { reportHtml, sectionOf } from '@lrfind/plots';
import { comparisonFlags } from 'lrfind/src/compare/comparison-options.js';
import { repeatedSearch } from 'lrfind/src/find/search-options.js';
import { sideBySide } from 'lrfind/src/open/side-by-side.js';
import { codeLines } from 'lrfind/src/shared/code-lines.js';
import { reported } from 'lrfind/src/shared/reported.js';
import { trainingFlags } from 'lrfind/src/train/training-options.js';
import type { Answers, Shown } from '../protocol.js';
import { chosenFile } from './sources.js';

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

/** A result as the page shows it: drawing its report loads Vega. */
export async function shown(result: Result): Promise<Shown> {
  const section = sectionOf(result);
  return {
    title: section.title(result),
    lead: section.answer(result).lead,
    json: jsonOf(result),
    report: await reportHtml([reportedResult(result)], {}, reportFiles),
  };
}

/** The document as the command writes it. */
function jsonOf(result: Result): string {
  return `${JSON.stringify(result, null, 1)}\n`;
}

/** The first chart of a result as SVG, as the command draws it. */
export async function picture(json: string, dark: boolean): Promise<string> {
  const { chartFor, renderSvg } = await import('@lrfind/plots');
  const result = parseResult(JSON.parse(json), 'the result');
  return renderSvg(chartFor(result).draw(result, { theme: dark ? 'dark' : 'light' }));
}

/**
 * Stored results next to each other, and their reports.
 *
 * @throws InputError for a file that is not a result, or is damaged
 */
export async function openResults(files: readonly File[]): Promise<Answers['open']> {
  const results: { readonly result: Result; readonly file: string }[] = [];
  for (const file of files) {
    const text = decodeText(await readDocument(chosenFile(file, [])));
    results.push({ result: parseResult(parseJson(text, file.name), file.name), file: file.name });
  }
  const start = await sideBySide(results);
  return {
    start,
    report: await reportHtml(
      results.map(({ result, file }) => reportedResult(result, file)),
      {},
      reportFiles,
    ),
  };
}
