import type { SweepResult } from '@lrfind/core/results';
import { checkRange, peakSchedules, resolveMethods } from '@lrfind/core/sweep';
import { findLearningRate, requireRate, type StepEvent } from '@lrfind/finder';
import { readModel } from '../files/read-inputs.js';
import { all, openedPage } from '../live/opened-page.js';
import { showSearch } from '../live/search-page.js';
import { flagOptions } from '../shared/flag-values.js';
import { flagName } from '../shared/flags.js';
import {
  beginTables,
  classWeightFlag,
  compiledNotes,
  encodeTables,
  heldOutOf,
  inputFiles,
  lossFlag,
  openBackend,
  optimizerFlag,
} from '../shared/inputs.js';
import { OptimizerOptions, OptimizerParameters, TrainingOptions } from '../shared/options.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { checkOutputs } from '../shared/outputs/output-files.js';
import { rendererAhead } from '../shared/outputs/pictures.js';
import { checkAxes, checkPictures } from '../shared/outputs/result-output.js';
import { showsProgress } from '../shared/terminal/progress.js';
import { restoreTerminal } from '../shared/terminal/restore.js';
import { openTrackers, picturesOf, TrackerOptions } from '../trackers/registry.js';
import { FindFiles, FindOptions, SuggestOptions } from './options.js';
import { prepareForTable } from './prepare-workers.js';
import { sweepProgress, tryProgress } from './progress.js';
import { sweepFormats, writeSweep } from './write-sweep.js';

/**
 * `lrfind find`: reads the model and the table, searches for the learning rate, prints the answer and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function find(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const files = flagOptions(FindFiles, flags);
  const training = flagOptions(TrainingOptions, flags);
  const optimizerOptions = flagOptions(OptimizerOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  const sweep = flagOptions(FindOptions, flags);
  const { suggest } = flagOptions(SuggestOptions, flags);
  const output = flagOptions(OutputOptions, flags);
  await checkAxes(output, true);
  checkRange(sweep, flagName);
  const schedules = peakSchedules(sweep, flagName)?.length ?? 1;
  resolveMethods(suggest);
  const { length: groups } = Object.keys(sweep.groups ?? {});
  const chosenTrackers = flagOptions(TrackerOptions, flags);
  await checkPictures([...output.out, ...picturesOf(chosenTrackers)], groups + 1, 'groups of layers');
  const loss = lossFlag(training.loss);
  const classWeight = classWeightFlag(training.classWeight);
  await checkOutputs(output.out, sweepFormats, '--out', await inputFiles([files.model], files));
  const trackers = await openTrackers(chosenTrackers);
  await using page = await openedPage(output, 'Searching for a learning rate', [files.model, files.data]);

  const prepareBackend = await prepareForTable(files.data, training.backend);
  await using reading = await beginTables(files, files, { seed: sweep.seed, keepRows: false });
  const backendNotes = await openBackend(training.backend);
  prepareBackend();
  const file = await readModel(files.model, { weights: files.weights });
  const optimizer = optimizerFlag(optimizerOptions.optimizer, parameters, file);
  if (optimizer) requireRate(optimizer, '--optimizer');
  const tables = await reading.read(file.model);
  const { lossWeights: givenWeights } = training;
  const { validationSplit, split } = sweep;
  // The command's own default: rows that rates are tried on.
  const share = validationSplit || (sweep.verify === false ? 0 : undefined);
  const given = { loss, lossWeights: givenWeights, validationSplit: share, split };
  const { data, validation, losses, lossWeights } = encodeTables(tables, file, files, given);
  const notes = [...data.notes, ...compiledNotes({ ...training, ...optimizerOptions }, file), ...backendNotes];
  const reports = output.progress && !output.quiet && showsProgress();
  page?.open();
  const shown = page && showSearch(page, sweep);
  const result = await findLearningRate(
    file.model,
    { ...data, notes },
    {
      ...sweep,
      ...heldOutOf(files, { validation }),
      validation,
      loss: losses,
      lossWeights,
      classWeight,
      optimizer,
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      suggest,
      onStep: all<StepEvent>(reports ? sweepProgress() : undefined, shown?.onStep, rendererAhead(output.out)),
      onTry: all(reports ? tryProgress(schedules) : undefined, shown?.onTry),
    },
  );
  restoreTerminal();
  const options = { ...result.options, validationSplit, ...files, ...training, ...optimizerOptions, ...parameters };
  const complete: SweepResult = { ...result, options };
  return writeSweep(complete, { output, trackers, page });
}
