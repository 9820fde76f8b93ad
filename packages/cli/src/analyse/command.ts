import { basename } from 'node:path';
import { analyseLosses } from '@lrfind/core/loop';
import { resolveMethods, sweptOptimizer } from '@lrfind/core/sweep';
import { sweepFormats, writeSweep } from '../find/write-sweep.js';
import { openedPage } from '../live/opened-page.js';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
import { checkOutputs } from '../shared/outputs/output-files.js';
import { checkAxes } from '../shared/outputs/result-output.js';
import { openTrackers, TrackerOptions } from '../trackers/registry.js';
import { AnalyseOutput, LossColumns, ReadingFlags } from './options.js';
import { readLosses } from './read-losses.js';

/**
 * `lrfind analyse losses.csv`: reads the losses that another program has recorded, prints the answer and writes the files.
 *
 * @param path of the table; `-` for standard input
 * @param given flags from commander
 * @returns the exit code
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function analyse(path: string, given: Readonly<Record<string, unknown>>): Promise<number> {
  const columns = flagOptions(LossColumns, given);
  const { optimizer, name, suggest } = flagOptions(ReadingFlags, given);
  const output = flagOptions(AnalyseOutput, given);
  const chosenTrackers = flagOptions(TrackerOptions, given);
  await checkAxes(output, true);
  resolveMethods(suggest);
  named('--optimizer', () => sweptOptimizer(optimizer));
  await checkOutputs(output.out, sweepFormats, '--out', path === '-' ? [] : [{ option: 'analyse', path }]);
  const trackers = await openTrackers(chosenTrackers);
  await using page = await openedPage(output, 'Reading a curve', [path]);
  const { losses, notes } = await readLosses(path, columns);
  const reading = { name: name ?? (path === '-' ? undefined : basename(path)), optimizer, suggest };
  const result = analyseLosses(losses, reading);
  page?.open();
  const complete = {
    ...result,
    setup: { ...result.setup, notes: [...result.setup.notes, ...notes] },
    options: { losses: path, ...columns, ...result.options },
  };
  return await writeSweep(complete, { output, trackers, page });
}
