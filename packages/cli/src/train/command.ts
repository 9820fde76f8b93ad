import { InputError, rateText } from '@lrfind/core';
import type { Evaluation, TrainingResult } from '@lrfind/core/results';
import { scheduleToBeFound } from '@lrfind/core/schedules';
import { WorkerOptions } from '@lrfind/core/study';
import type { TargetScaling } from '@lrfind/data';
import { checkSavable, inTargetUnits } from '@lrfind/finder';
import { exitCodes } from '../exit-codes.js';
import { checkCheckpointFolder, checkpointFolder, holdsTraining } from '../files/checkpoint-folder.js';
import { checkModelFolder } from '../files/model-folder.js';
import { readModel } from '../files/read-inputs.js';
import { checkSavableAs, kerasFormatOf, saveModel } from '../files/save-model.js';
import { openedPage } from '../live/opened-page.js';
import { showSearch } from '../live/search-page.js';
import { showTraining } from '../live/training-page.js';
import { openBackend } from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
import { beginTables, inputFiles } from '../shared/inputs.js';
import { checkOutputs, checkWritable, writeOutputs } from '../shared/outputs/output-files.js';
import { checkAxes, resultFormats, resultJson } from '../shared/outputs/result-output.js';
import { reported } from '../shared/reported.js';
import { onInterruption } from '../shared/terminal/restore.js';
import { measuresText } from '../shared/terminal/text.js';
import { readyWorkers } from '../shared/workers.js';
import { openTrackers, TrackerOptions } from '../trackers/registry.js';
import { storing } from '../trackers/store.js';
import { trainingOutput } from './formats.js';
import { CheckpointOptions, TrainOutput } from './options.js';
import { trainingRuns } from './runs.js';
import { resultLine, trainingSummary } from './summary.js';
import { trainingSettings, trainOn } from './training.js';

/**
 * `lrfind train`: reads the model and the tables, trains, prints a line for each epoch and the outcome, and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function train(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const told = trainingSettings(flags);
  const { files, settings, training, learningRate } = told;
  const { checkpoint, resume } = flagOptions(CheckpointOptions, flags);
  const { workers } = flagOptions(WorkerOptions, flags);
  const output = flagOptions(TrainOutput, flags);
  const inputs = await inputFiles([files.model], files);
  await checkAxes(output, false);
  const formats = resultFormats(trainingOutput);
  const { save } = output;
  if (save !== undefined)
    await (kerasFormatOf(save) ? checkWritable(save, '--save') : named('--save', () => checkModelFolder(save, inputs)));
  if (resume && checkpoint === undefined)
    throw new InputError('--checkpoint must name the folder of the training that --resume continues');
  const folders = [
    { option: '--save', path: save },
    { option: '--checkpoint', path: checkpoint },
  ].flatMap(({ option, path }) => (path === undefined ? [] : [{ option, path }]));
  await checkOutputs(output.out, formats, '--out', inputs, folders);
  if (checkpoint !== undefined) {
    await named('--checkpoint', () => checkCheckpointFolder(checkpoint, { resume, inputs }));
    onInterruption(() =>
      holdsTraining(checkpoint)
        ? `lrfind: ${checkpoint} holds the training up to its last whole epoch; the same command with --resume continues\n`
        : '',
    );
  }
  const backend = openBackend(training.backend);
  const trackers = await openTrackers(flagOptions(TrackerOptions, flags));
  await using page = await openedPage(output, 'Training', [files.model, files.data]);

  await using reading = await beginTables(files, files, { seed: settings.seed, keepRows: true });
  const notes = await backend;
  readyWorkers(workers);
  const file = await readModel(files.model, { weights: files.weights });
  if (save !== undefined) checkSavableAs(file.model, save);
  if (checkpoint !== undefined) checkSavable(file.model);
  const log = logOf(output);
  let announcement = resume ? `resuming from ${checkpoint}, with the epochs that are done:\n` : '';
  const searched = page && showSearch(page);
  const shown = page && showTraining(page, settings.epochs);
  let scaling: TargetScaling | undefined;
  const complete = await trainOn(told, {
    file,
    tables: () => reading.read(file.model),
    notes,
    workers,
    checkpoint:
      checkpoint === undefined
        ? undefined
        : (data) => checkpointFolder(checkpoint, { resume, scaling: data.targets[0]?.scaling }),
    onReady({ searches, data }) {
      scaling = data.targets[0]?.scaling;
      const peak = scheduleToBeFound(learningRate);
      if (peak && !resume)
        log(`searching for the peak of ${peak.text} on the training rows, in short trainings along it\n`);
      if (searches && !resume) log('searching for the learning rate on the training rows; --lr sets one instead\n');
      page?.open();
    },
    onSearchStep: searched?.onStep,
    onTry: searched?.onTry,
    onStep: shown?.onStep,
    onEpoch(evaluation) {
      shown?.onEpoch(evaluation);
      if (announcement) log(announcement);
      announcement = '';
      log(`${epochLine(evaluation, settings.epochs)}\n`);
    },
  });
  // A model that has diverged is as it was before, unless a callback restored the weights of an epoch.
  const saves = save !== undefined && (complete.training.outcome !== 'diverged' || complete.restored != null);
  if (saves) await saveModel(inTargetUnits(file.model, scaling), save);
  const drawn = { result: complete, picture: output };
  const places: string[] = [];
  const stores = storing(trackers, trainingOutput, drawn, trainingRuns, places);
  const print = () => {
    process.stdout.write(printed(complete, output));
  };
  await writeOutputs(output.out, formats, drawn, print, stores);
  const diverged = complete.training.outcome === 'diverged';
  if (save !== undefined && !saves) process.stderr.write(`not saved to ${save}: the training diverged\n`);
  else if (output.quiet && diverged) process.stderr.write('the training diverged\n');
  if (!output.quiet)
    process.stderr.write(
      [...output.out, ...(saves ? [save] : []), ...places].map((path) => `wrote ${path}\n`).join(''),
    );
  await page?.report([reported(trainingOutput, complete)]);
  return diverged ? exitCodes.noAnswer : exitCodes.done;
}

/** Where the lines of the epochs go: to stdout with the summary, to stderr with JSON. */
function logOf({ progress, quiet, json }: TrainOutput): (line: string) => void {
  if (!progress || quiet) return () => {};
  return (line) => (json ? process.stderr : process.stdout).write(line);
}

/** An epoch in a line: its number, its first learning rate, losses and metrics under Keras's names, and the time so far. */
function epochLine({ epoch, rate, training, validation, seconds }: Evaluation, epochs: number): string {
  const number = `epoch ${String(Math.ceil(epoch - 1e-9)).padStart(String(epochs).length)}/${epochs}`;
  const parts = [
    number,
    `learning rate ${rateText(rate, 5).padEnd(9)}`,
    measuresText(training),
    ...(validation ? [measuresText(validation, 'val_')] : []),
    `${seconds.toFixed(1)} s`,
  ];
  return parts.join('   ');
}

function printed(result: TrainingResult, { json, quiet }: TrainOutput): string {
  if (json) return resultJson(result);
  return quiet ? `${resultLine(result)}\n` : trainingSummary(result);
}
