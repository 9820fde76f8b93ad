import { parseJson } from '@lrfind/core';
import { parseResult, type Result } from '@lrfind/core/results';
import { decodeText, readDocument } from '@lrfind/data';
import { sideBySide } from 'lrfind/src/open/side-by-side.js';
import type { Answers } from '../protocol.js';
import { reportOf } from './results.js';
import { chosenFile } from './sources.js';

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
  return { start: await sideBySide(results), report: await reportOf(results) };
}
