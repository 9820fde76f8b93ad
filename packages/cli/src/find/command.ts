import { rateText } from '@lrfind/core';
import type { SweepResult } from '@lrfind/core/results';
import type { StepEvent, TryEvent } from '@lrfind/finder';
import { exitCodes } from '../exit-codes.js';
import { readModel } from '../files/read-inputs.js';
import { all, openedPage } from '../live/opened-page.js';
import { showSearch } from '../live/search-page.js';
import { openBackend } from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { beginTables, inputFiles } from '../shared/inputs.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { rendererAhead } from '../shared/outputs/pictures.js';
import { checkAxes, checkPictures, resultFormats, resultJson } from '../shared/outputs/result-output.js';
import { reported } from '../shared/reported.js';
import { progressOn, showsProgress } from '../shared/terminal/progress.js';
import { restoreTerminal } from '../shared/terminal/restore.js';
import { openTrackers, picturesOf, TrackerOptions } from '../trackers/registry.js';
import { storing } from '../trackers/store.js';
import { sweepOutput } from './formats.js';
import { prepareForTable } from './prepare-workers.js';
import { sweepRuns } from './runs.js';
import { search, searchSettings } from './search.js';
import { sweepSummary } from './summary.js';

/**
 * `lrfind find`: reads the model and the table, searches for the learning rate, prints the answer and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function find(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const settings = searchSettings(flags);
  const { files, training, sweep } = settings;
  const output = flagOptions(OutputOptions, flags);
  await checkAxes(output, true);
  const { length: groups } = Object.keys(sweep.groups ?? {});
  const chosenTrackers = flagOptions(TrackerOptions, flags);
  await checkPictures([...output.out, ...picturesOf(chosenTrackers)], groups + 1, 'groups of layers');
  const formats = resultFormats(sweepOutput);
  await checkOutputs(output.out, formats, '--out', await inputFiles([files.model], files));
  const trackers = await openTrackers(chosenTrackers);
  await using page = await openedPage(output, 'Searching for a learning rate', [files.model, files.data]);

  const prepareBackend = await prepareForTable(files.data, training.backend);
  await using reading = await beginTables(files, files, { seed: sweep.seed, keepRows: false });
  const notes = await openBackend(training.backend);
  prepareBackend();
  const file = await readModel(files.model, { weights: files.weights });
  const reports = output.progress && !output.quiet && showsProgress();
  const shown = page && showSearch(page, sweep);
  const complete = await search(settings, {
    file,
    tables: () => reading.read(file.model),
    notes,
    onReady: page?.open,
    onStep: all<StepEvent>(reports ? sweepProgress() : undefined, shown?.onStep, rendererAhead(output.out)),
    onTry: all(reports ? tryProgress(settings.schedules) : undefined, shown?.onTry),
  });
  restoreTerminal();
  const drawn = { result: complete, picture: output };
  const places: string[] = [];
  const stores = storing(trackers, sweepOutput, drawn, sweepRuns, places);
  const print = () => {
    process.stdout.write(printed(complete, output));
  };
  await writeOutputs(output.out, formats, drawn, print, stores);
  if (output.quiet && !complete.suggestion) process.stderr.write(`no learning rate: ${complete.reason}\n`);
  if (!output.quiet) process.stderr.write([...output.out, ...places].map((path) => `wrote ${path}\n`).join(''));
  await page?.report([reported(sweepOutput, complete)]);
  return complete.suggestion ? exitCodes.done : exitCodes.noAnswer;
}

/** A progress bar over the steps of all sweeps, with group, rate and loss of the latest. */
function sweepProgress(): (event: StepEvent) => void {
  const show = progressOn('sweep {sweep}/{sweeps}{of} | rate {rate} | loss {loss}');
  return ({ group, part, parts, repeat, repeats, step, steps, rate, loss }) =>
    show((part * repeats + repeat) * steps + step + 1, steps * repeats * parts, {
      sweep: part * repeats + repeat + 1,
      sweeps: repeats * parts,
      of: group === null ? '' : ` of ${group}`,
      rate: rateText(rate),
      loss: loss === null ? 'not finite' : loss.toPrecision(4),
    });
}

/** A progress bar over the trainings with which the answer is tried; how many there will be shows only as they go. */
function tryProgress(schedules: number): (event: TryEvent) => void {
  let show: ReturnType<typeof progressOn> | undefined;
  let steps = 0;
  const taken = new Map<string, number>();
  return ({ rate, seed, step, length, schedule }) => {
    if (!show) restoreTerminal();
    show ??= progressOn('trying {schedule}rates | rate {rate}');
    const training = `${schedule} ${rate} ${seed}`;
    steps += step - (taken.get(training) ?? 0);
    taken.set(training, step);
    const total = schedules * TYPICAL_LENGTHS * length;
    const of = schedule === undefined ? '' : `${schedule}: `;
    show(Math.min(steps, total), total, { schedule: of, rate: rateText(rate) });
  };
}

/** A verification takes about the steps of this many whole trainings. */
const TYPICAL_LENGTHS = 9;

function printed(result: SweepResult, { json, quiet }: OutputOptions): string {
  if (json) return resultJson(result);
  if (quiet) return result.suggestion ? `${result.suggestion.learningRate}\n` : '';
  return sweepSummary(result);
}
