import { WorkerOptions } from '@lrfind/core/study';
import type { StepEvent } from '@lrfind/finder';
import { readModel } from '../files/read-inputs.js';
import { all, openedPage } from '../live/opened-page.js';
import { showSearch } from '../live/search-page.js';
import { openBackend } from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { beginTables, inputFiles } from '../shared/inputs.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { checkOutputs } from '../shared/outputs/output-files.js';
import { rendererAhead } from '../shared/outputs/pictures.js';
import { checkAxes, checkPictures } from '../shared/outputs/result-output.js';
import { showsProgress } from '../shared/terminal/progress.js';
import { restoreTerminal } from '../shared/terminal/restore.js';
import { readyWorkers } from '../shared/workers.js';
import { openTrackers, picturesOf, TrackerOptions } from '../trackers/registry.js';
import { prepareForTable } from './prepare-workers.js';
import { sweepProgress, tryProgress } from './progress.js';
import { search, searchSettings } from './search.js';
import { sweepFormats, writeSweep } from './write-sweep.js';

/**
 * `lrfind find`: reads the model and the table, searches for the learning rate, prints the answer and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function find(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const settings = searchSettings(flags);
  const { files, training, sweep } = settings;
  const { workers } = flagOptions(WorkerOptions, flags);
  const output = flagOptions(OutputOptions, flags);
  await checkAxes(output, true);
  const { length: groups } = Object.keys(sweep.groups ?? {});
  const chosenTrackers = flagOptions(TrackerOptions, flags);
  await checkPictures([...output.out, ...picturesOf(chosenTrackers)], groups + 1, 'groups of layers');
  await checkOutputs(output.out, sweepFormats, '--out', await inputFiles([files.model], files));
  const backend = openBackend(training.backend);
  const trackers = await openTrackers(chosenTrackers);
  await using page = await openedPage(output, 'Searching for a learning rate', [files.model, files.data]);

  const prepareBackend = workers === 1 ? () => {} : await prepareForTable(files.data, training.backend);
  await using reading = await beginTables(files, files, { seed: sweep.seed, keepRows: false });
  const notes = await backend;
  prepareBackend();
  readyWorkers(workers);
  const file = await readModel(files.model, { weights: files.weights });
  const reports = output.progress && !output.quiet && showsProgress();
  const shown = page && showSearch(page, sweep);
  const complete = await search(settings, {
    file,
    tables: () => reading.read(file.model),
    notes,
    workers,
    onReady: page?.open,
    onStep: all<StepEvent>(reports ? sweepProgress() : undefined, shown?.onStep, rendererAhead(output.out)),
    onTry: all(reports ? tryProgress(settings.schedules) : undefined, shown?.onTry),
  });
  restoreTerminal();
  // The page is disposed of when this function ends, which must not be before its report is there.
  return await writeSweep(complete, { output, trackers, page });
}
