import { basename, resolve } from 'node:path';
import { InputError } from '@lrfind/finder';
import { readResult } from '@lrfind/finder/files';
import type { ReportedResult } from '@lrfind/plots';
import { flagOptions } from '../options/flags.js';
import { ReportOptions } from '../options/report-options.js';
import { checkOutputs, writeOutputs } from '../outputs/output-files.js';
import { reportFormats } from '../outputs/report-formats.js';
import { reproduce } from '../reproduce.js';
import { codeLines } from '../sweep/code-line.js';

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
