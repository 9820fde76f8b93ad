import { InputError, rateText } from '@lrfind/core';
import type { Evaluation, TrainingResult } from '@lrfind/core/results';
import { scheduleToBeFound } from '@lrfind/core/schedules';
import { TrainSettings } from '@lrfind/core/study';
import { checkGroups } from '@lrfind/core/sweep';
import { checkSavable, inTargetUnits, parseCallback, train as trainModel } from '@lrfind/finder';
import { exitCodes } from '../exit-codes.js';
import { checkCheckpointFolder, checkpointFolder, holdsTraining } from '../files/checkpoint-folder.js';
import { checkModelFolder } from '../files/model-folder.js';
import { readModel } from '../files/read-inputs.js';
import { checkSavableAs, kerasFormatOf, saveModel } from '../files/save-model.js';
import { openedPage } from '../live/opened-page.js';
import { showSearch } from '../live/search-page.js';
import { showTraining } from '../live/training-page.js';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
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
import { foundScheduleFlag, rateFlag, scheduleFlag } from '../shared/learning-rate.js';
import { MetricOptions, OptimizerOptions, OptimizerParameters, TrainingOptions } from '../shared/options.js';
import { checkOutputs, checkWritable, writeOutputs } from '../shared/outputs/output-files.js';
import { checkAxes, resultFormats, resultJson } from '../shared/outputs/result-output.js';
import { reported } from '../shared/reported.js';
import { onInterruption } from '../shared/terminal/restore.js';
import { measuresText } from '../shared/terminal/text.js';
import { openTrackers, TrackerOptions } from '../trackers/registry.js';
import { storing } from '../trackers/store.js';
import { trainingOutput } from './formats.js';
import { CheckpointOptions, RateOptions, TrainFiles, TrainOutput } from './options.js';
import { trainingRuns } from './runs.js';
import { resultLine, trainingSummary } from './summary.js';

/**
 * `lrfind train`: reads the model and the tables, trains, prints a line for each epoch and the outcome, and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function train(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const files = flagOptions(TrainFiles, flags);
  const rate = flagOptions(RateOptions, flags);
  const settings = flagOptions(TrainSettings, flags);
  const training = flagOptions(TrainingOptions, flags);
  const measured = flagOptions(MetricOptions, flags);
  const optimizerOptions = flagOptions(OptimizerOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  const { checkpoint, resume } = flagOptions(CheckpointOptions, flags);
  const output = flagOptions(TrainOutput, flags);
  if (rate.lr !== undefined && rate.schedule !== undefined && rateFlag(rate.lr) !== 'find')
    throw new InputError(`--lr must be find, or be left out, where --schedule is given; got ${rate.lr}`);
  checkGroups(settings.groups);
  const learningRate = learningRateFlags(rate);
  const callbacks = rate.callback.map((text) => named('--callback', () => parseCallback(text)));
  const loss = lossFlag(training.loss);
  const classWeight = classWeightFlag(training.classWeight);
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
  const trackers = await openTrackers(flagOptions(TrackerOptions, flags));
  await using page = await openedPage(output, 'Training', [files.model, files.data]);

  await using reading = await beginTables(files, files, { seed: settings.seed, keepRows: true });
  const backendNotes = await openBackend(training.backend);
  const file = await readModel(files.model, { weights: files.weights });
  if (save !== undefined) checkSavableAs(file.model, save);
  if (checkpoint !== undefined) checkSavable(file.model);
  const optimizer = optimizerFlag(optimizerOptions.optimizer, parameters, file);
  const tables = await reading.read(file.model);
  const given = { ...training, ...measured, loss };
  const { validationSplit, split } = settings;
  const datasets = encodeTables(tables, file, files, { ...given, validationSplit, split });
  const { data, validation, test, losses, lossWeights, metrics } = datasets;
  const notes = [...data.notes, ...compiledNotes({ ...given, ...optimizerOptions }, file, datasets), ...backendNotes];
  const log = logOf(output);
  const peak = scheduleToBeFound(learningRate);
  if (peak && !resume)
    log(`searching for the peak of ${peak.text} on the training rows, in short trainings along it\n`);
  if (learningRate === 'find' && !resume && !optimizer?.kind.rateFree)
    log('searching for the learning rate on the training rows; --lr sets one instead\n');
  let announcement = resume ? `resuming from ${checkpoint}, with the epochs that are done:\n` : '';
  page?.open();
  const searched = page && showSearch(page);
  const shown = page && showTraining(page, settings.epochs);
  const result = await trainModel(
    file.model,
    { ...data, notes },
    {
      ...settings,
      ...heldOutOf(files, datasets),
      learningRate,
      loss: losses,
      lossWeights,
      classWeight,
      optimizer,
      metrics,
      validation,
      test,
      callbacks,
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      checkpoint:
        checkpoint === undefined
          ? undefined
          : checkpointFolder(checkpoint, { resume, scaling: data.targets[0]?.scaling }),
      onSearchStep: searched?.onStep,
      onTry: searched?.onTry,
      onStep: shown?.onStep,
      onEpoch(evaluation) {
        shown?.onEpoch(evaluation);
        if (announcement) log(announcement);
        announcement = '';
        log(`${epochLine(evaluation, settings.epochs)}\n`);
      },
    },
  );
  const flagged = {
    ...(validationSplit !== undefined && { validationSplit }),
    ...files,
    ...rate,
    ...training,
    ...measured,
    ...optimizerOptions,
    ...parameters,
  };
  const complete: TrainingResult = { ...result, options: { ...result.options, ...flagged } };
  // A model that has diverged is as it was before, unless a callback restored the weights of an epoch.
  const saves = save !== undefined && (result.training.outcome !== 'diverged' || result.restored != null);
  if (saves) await saveModel(inTargetUnits(file.model, data.targets[0]?.scaling), save);
  const drawn = { result: complete, picture: output };
  const places: string[] = [];
  const stores = storing(trackers, trainingOutput, drawn, trainingRuns, places);
  const print = () => {
    process.stdout.write(printed(complete, output));
  };
  await writeOutputs(output.out, formats, drawn, print, stores);
  const diverged = result.training.outcome === 'diverged';
  if (save !== undefined && !saves) process.stderr.write(`not saved to ${save}: the training diverged\n`);
  else if (output.quiet && diverged) process.stderr.write('the training diverged\n');
  if (!output.quiet)
    process.stderr.write(
      [...output.out, ...(saves ? [save] : []), ...places].map((path) => `wrote ${path}\n`).join(''),
    );
  await page?.report([reported(trainingOutput, complete)]);
  return diverged ? exitCodes.noAnswer : exitCodes.done;
}

/** The rate or the schedule; with `--lr find` the schedule whose peak is to be found. */
function learningRateFlags({ lr, schedule }: RateOptions): number | string {
  if (schedule === undefined) return rateFlag(lr ?? 'find');
  return lr === undefined ? scheduleFlag(schedule) : foundScheduleFlag(schedule);
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
