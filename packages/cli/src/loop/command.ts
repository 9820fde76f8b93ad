import { InputError } from '@lrfind/core';
import { findRate, type LoopStepEvent } from '@lrfind/core/loop';
import { checkRates, checkSeeds, resolveMethods, sweptOptimizer } from '@lrfind/core/sweep';
import { ReadingFlags } from '../analyse/options.js';
import { sweepProgress, tryProgress } from '../find/progress.js';
import { sweepFormats, writeSweep } from '../find/write-sweep.js';
import { all, openedPage } from '../live/opened-page.js';
import { showSearch } from '../live/search-page.js';
import { flagOptions } from '../shared/flag-values.js';
import { flagName, named } from '../shared/flags.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { checkOutputs } from '../shared/outputs/output-files.js';
import { checkAxes } from '../shared/outputs/result-output.js';
import { showsProgress } from '../shared/terminal/progress.js';
import { restoreTerminal } from '../shared/terminal/restore.js';
import { openTrackers, TrackerOptions } from '../trackers/registry.js';
import { LoopOptions, ProgramOptions } from './options.js';
import { startProgram } from './program.js';

/**
 * `lrfind loop -- program …`: starts a program that trains, searches for its learning rate, prints the answer and writes the files.
 *
 * @param command the program and its arguments
 * @param given flags from commander
 * @returns the exit code
 * @throws InputError for anything that the caller can correct, also in the program; nothing is written then
 */
export async function loop(command: readonly string[], given: Readonly<Record<string, unknown>>): Promise<number> {
  const settings = flagOptions(LoopOptions, given);
  const { evaluate, timeout } = flagOptions(ProgramOptions, given);
  const { optimizer, name, suggest } = flagOptions(ReadingFlags, given);
  const output = flagOptions(OutputOptions, given);
  const chosenTrackers = flagOptions(TrackerOptions, given);
  await checkAxes(output, true);
  checkRates(settings, flagName);
  checkSeeds(settings, flagName);
  resolveMethods(suggest);
  named('--optimizer', () => sweptOptimizer(optimizer));
  if (evaluate && settings.verify === false) throw new InputError('--evaluate must be left out without --verify');
  await checkOutputs(output.out, sweepFormats, '--out', []);
  const trackers = await openTrackers(chosenTrackers);
  const title = name ?? command.join(' ');
  await using page = await openedPage(output, 'Searching for a learning rate', [title]);
  page?.open();
  const shown = page && showSearch(page, settings);
  const reports = output.progress && !output.quiet && showsProgress();
  const onSearchStep = all(reports ? sweepProgress() : undefined, shown?.onStep);
  const result = await searched();
  restoreTerminal();
  const options = { program: command, ...result.options, evaluate, timeout };
  return await writeSweep({ ...result, options }, { output, trackers, page });

  async function searched() {
    await using program = startProgram(command as [string, ...string[]], timeout);
    return await findRate(program.step, {
      ...settings,
      reset: program.reset,
      ...(evaluate && { evaluate: program.evaluate }),
      name: title,
      optimizer,
      suggest,
      onStep: onSearchStep && ((event: LoopStepEvent) => onSearchStep({ ...event, group: null, part: 0, parts: 1 })),
      onTry: all(reports ? tryProgress(1) : undefined, shown?.onTry),
    });
  }
}
