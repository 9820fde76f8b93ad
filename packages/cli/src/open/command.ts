import { basename } from 'node:path';
import type { Result } from '@lrfind/core/results';
import { readResult } from '../files/read-result.js';
import { refuseTwice } from '../files/same-file.js';
import { livePage } from '../live/live-page.js';
import { outputOf } from '../results.js';
import { flagOptions } from '../shared/flag-values.js';
import { reported } from '../shared/reported.js';
import { OpenOptions } from './options.js';
import { sideBySide } from './side-by-side.js';

/** Milliseconds in which a browser shows a page, mostly. */
const PATIENCE = 3000;

/**
 * `lrfind open result.json …`: shows stored results in a browser, several of them side by side, until it is interrupted.
 *
 * @param paths at least one
 * @param flags from commander
 * @throws InputError for a file that is not a result, and for a port that cannot be used
 */
export async function open(paths: readonly string[], flags: Readonly<Record<string, unknown>>): Promise<never> {
  const { port } = flagOptions(OpenOptions, flags);
  await refuseTwice(paths, 'open');
  const results: { readonly result: Result; readonly file: string }[] = [];
  for (const path of paths) results.push({ result: await readResult(path), file: basename(path) });
  const page = await livePage(await sideBySide(results), port ?? 0);
  page.open();
  process.stderr.write('Ctrl-C ends it\n');
  // Drawing takes all of the processor, and the page would come after it.
  await page.seen(PATIENCE);
  await page.report(results.map(({ result, file }) => reported(outputOf(result), result, file)));
  return new Promise(() => {});
}
