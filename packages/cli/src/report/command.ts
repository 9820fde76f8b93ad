import { basename, resolve } from 'node:path';
import { InputError } from '@lrfind/core';
import { readResult } from '../files/read-result.js';
import type { ReportedResult } from '@lrfind/plots';
import { flagOptions } from '../shared/flags.js';
import { ReportOptions } from './options.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { reportFormats } from './formats.js';
import { reproduce } from '../shared/reproduce.js';
import { codeLines } from '../shared/code-lines.js';

/**
 * `lrfind report result.json … --out report.html`: makes one page of stored results.
 *
 * @param paths at least one
 * @param flags what commander collected
 * @throws InputError for a file that is no result, or an output that cannot be written; nothing is written then
 */
export async function report(paths: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { out, title } = flagOptions(ReportOptions, flags);
  if (out === undefined) throw new InputError('--out is missing: name the page to write, such as --out report.html');
  const files = paths.map((path) => resolve(path));
  const twice = paths.find((_, i) => files.indexOf(files[i] as string) < i);
  if (twice !== undefined) throw new InputError(`${twice} is given twice`);
  await checkOutputs([out], reportFormats, '--out', paths);
  const documents: ReportedResult[] = [];
  for (const path of paths) documents.push(await reported(path));
  await writeOutputs([out], reportFormats, { documents, title });
  process.stderr.write(`wrote ${out}\n`);
}

/** A stored result with what only the command line knows of it. */
async function reported(path: string): Promise<ReportedResult> {
  const result = await readResult(path);
  return {
    result,
    file: basename(path),
    command: reproduce(result),
    code: result.format === 'lrfind-run' ? codeLines(result) : undefined,
  };
}
