import type { SweepResult } from '@lrfind/core/results';
import { exitCodes } from '../exit-codes.js';
import type { LivePage } from '../live/live-page.js';
import type { OutputOptions } from '../shared/outputs/options.js';
import { writeOutputs } from '../shared/outputs/output-files.js';
import { type DrawnResult, resultFormats, resultJson } from '../shared/outputs/result-output.js';
import { reported } from '../shared/reported.js';
import { storing } from '../trackers/store.js';
import type { Tracker } from '../trackers/tracker.js';
import { sweepOutput } from './formats.js';
import { sweepRuns } from './runs.js';
import { sweepSummary } from './summary.js';

/** The formats of the files of a search by extension. */
export const sweepFormats = resultFormats(sweepOutput);

/** Where the result of a search goes. */
export interface SweepPlaces {
  readonly output: Pick<OutputOptions, 'out' | 'json' | 'quiet'> & DrawnResult['picture'];
  readonly trackers: readonly Tracker[];
  readonly page: LivePage | undefined;
}

/**
 * Prints the result of a search, and writes it to files, trackers and the page.
 *
 * @returns the exit code
 */
export async function writeSweep(result: SweepResult, { output, trackers, page }: SweepPlaces): Promise<number> {
  const drawn = { result, picture: output };
  const places: string[] = [];
  const stores = storing(trackers, sweepOutput, drawn, sweepRuns, places);
  const print = () => {
    process.stdout.write(printed(result, output));
  };
  await writeOutputs(output.out, sweepFormats, drawn, print, stores);
  if (output.quiet && !result.suggestion) process.stderr.write(`no learning rate: ${result.reason}\n`);
  if (!output.quiet) process.stderr.write([...output.out, ...places].map((path) => `wrote ${path}\n`).join(''));
  await page?.report([reported(sweepOutput, result)]);
  return result.suggestion ? exitCodes.done : exitCodes.noAnswer;
}

function printed(result: SweepResult, { json, quiet }: SweepPlaces['output']): string {
  if (json) return resultJson(result);
  if (quiet) return result.suggestion ? `${result.suggestion.learningRate}\n` : '';
  return sweepSummary(result);
}
