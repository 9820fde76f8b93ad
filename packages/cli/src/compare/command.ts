import { existsSync } from 'node:fs';
import { InputError, measureText, notAllowed } from '@lrfind/core';
import type { Comparison } from '@lrfind/core/results';
import { checkGroups, checkSeeds } from '@lrfind/core/sweep';
import { type ComparisonEvent, compare as compareTrials, type ModelFile } from '@lrfind/finder';
import { exitCodes } from '../exit-codes.js';
import { journalFile } from '../files/journal-file.js';
import { readModel } from '../files/read-inputs.js';
import { showComparison } from '../live/comparison-page.js';
import { all, openedPage } from '../live/opened-page.js';
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
} from '../shared/inputs.js';
import { OptimizerParameters } from '../shared/options.js';
import { checkOutputs, checkWritable, writeOutputs } from '../shared/outputs/output-files.js';
import { checkAxes, resultFormats, resultJson } from '../shared/outputs/result-output.js';
import { reported } from '../shared/reported.js';
import { progressOn, showsProgress } from '../shared/terminal/progress.js';
import { onInterruption, restoreTerminal } from '../shared/terminal/restore.js';
import { openTrackers, TrackerOptions } from '../trackers/registry.js';
import { storing } from '../trackers/store.js';
import { comparisonOutput } from './formats.js';
import {
  CompareFiles,
  CompareLength,
  CompareOutput,
  CompareTraining,
  JournalOptions,
  TrialOptions,
} from './options.js';
import { comparisonRuns } from './runs.js';
import { comparisonSummary } from './summary.js';
import { type ComparedModel, combinations, trialsOf } from './trials.js';

/**
 * `lrfind compare`: trains every combination of what was given on equal terms, prints the ranking and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function compare(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const files = flagOptions(CompareFiles, flags);
  const chosen = flagOptions(TrialOptions, flags);
  const { epochs, ...settings } = flagOptions(CompareLength, flags);
  const training = flagOptions(CompareTraining, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  const journalOptions = flagOptions(JournalOptions, flags);
  const output = flagOptions(CompareOutput, flags);
  if (flags.epochs !== undefined && settings.steps !== undefined)
    throw new InputError(`--epochs must be left out where --steps is given; got ${epochs}`);
  await checkAxes(output, false);
  checkSeeds(settings, flagName);
  checkGroups(training.groups);
  const loss = lossFlag(training.loss);
  const classWeight = classWeightFlag(training.classWeight);
  const combined = combinations(files.model.length, chosen);
  const chosenTrackers = flagOptions(TrackerOptions, flags);
  const formats = resultFormats(comparisonOutput);
  const journalPath = journalOptions.journal ?? `${output.out[0] ?? 'lrfind-compare'}.journal`;
  await checkWritable(journalPath, '--journal');
  const inputs = await inputFiles(files.model, files);
  await checkOutputs(output.out, formats, '--out', inputs, [{ option: '--journal', path: journalPath }]);
  const trackers = await openTrackers(chosenTrackers);
  await using page = await openedPage(output, 'Comparing trainings', [...files.model, files.data]);

  await using reading = await beginTables(files, files, { seed: settings.seed, keepRows: true });
  const backendNotes = await openBackend(training.backend);
  const modelFiles = await readModels(files.model, files.weights);
  const tables = await reading.read(modelFiles[0]?.model);
  const models = modelFiles.map((file) => ({
    file,
    datasets: encodeTables(tables, file, files, { ...training, ...settings, loss }),
  }));
  const [{ file, datasets }, ...others] = models as [ComparedModel, ...ComparedModel[]];
  const ownNotes = compiledNotes({ ...training, optimizer: chosen.optimizer[0] }, file, datasets);
  // The result has one list of notes: that of the first model.
  const data = { ...datasets.data, notes: [...datasets.data.notes, ...ownNotes, ...backendNotes] };
  const trials = trialsOf(combined, [{ file, datasets: { ...datasets, data } }, ...others], parameters);
  onInterruption(() =>
    existsSync(journalPath)
      ? `lrfind: ${journalPath} holds what is done; the same command with --resume continues\n`
      : '',
  );
  const journal = journalFile(journalPath, { resume: journalOptions.resume });
  const reports = output.progress && !output.quiet && showsProgress();
  page?.open();
  const result = await namingCallbacks(() =>
    compareTrials(file.model, data, {
      ...settings,
      ...heldOutOf(files, datasets),
      epochs: settings.steps === undefined ? epochs : undefined,
      trials,
      loss: datasets.losses,
      lossWeights: datasets.lossWeights,
      classWeight,
      groups: training.groups,
      metrics: datasets.metrics,
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      journal,
      onEvaluation: all(
        reports ? comparisonProgress() : undefined,
        page && showComparison(page, settings.steps === undefined ? epochs : undefined),
      ),
    }),
  );
  restoreTerminal();
  const { validationSplit } = settings;
  const given = {
    ...(validationSplit !== undefined && { validationSplit }),
    ...files,
    ...chosen,
    ...training,
    ...parameters,
  };
  const complete: Comparison = { ...result, options: { ...result.options, ...given } };
  const diverged = result.trials.every(({ trainings }) => trainings.every(({ outcome }) => outcome === 'diverged'));
  const drawn = { result: complete, picture: output };
  const places: string[] = [];
  const stores = storing(trackers, comparisonOutput, drawn, comparisonRuns, places);
  const print = () => {
    if (!output.quiet || !diverged) process.stdout.write(printed(complete, output));
  };
  await writeOutputs(output.out, formats, drawn, print, stores);
  await journal.remove();
  if (output.quiet && diverged) process.stderr.write('no best trial: every training diverged\n');
  if (!output.quiet) process.stderr.write([...output.out, ...places].map((path) => `wrote ${path}\n`).join(''));
  await page?.report([reported(comparisonOutput, complete)]);
  return diverged ? exitCodes.noAnswer : exitCodes.done;
}

async function readModels(paths: readonly string[], weights: string | undefined): Promise<ModelFile[]> {
  if (weights !== undefined && weights !== 'none' && paths.length > 1)
    throw notAllowed('--weights', 'none for several models, or a file for a single one', weights);
  const models: ModelFile[] = [];
  for (const path of paths) models.push(await readModel(path, { weights }));
  if (new Set(models.map(({ hasWeights }) => hasWeights)).size === 1) return models;
  throw new InputError('--model must name models that all have weights, or all have none; got both');
}

/** The library says of which trial a callback is; here one option names those of all. */
async function namingCallbacks<Result>(compareAll: () => Promise<Result>): Promise<Result> {
  try {
    return await compareAll();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.message.replace(/^trials\[\d+\]\.callbacks\b/, '--callback'));
  }
}

/** A progress bar over the evaluations of all trainings, with the latest and its loss on the validation rows. */
function comparisonProgress(): (event: ComparisonEvent) => void {
  const show = progressOn('{trial} | seed {seed} | epoch {epoch} | validation loss {loss}');
  let done = 0;
  return ({ trial, seed, evaluation: { epoch, validation }, trainings, evaluations }) => {
    done += 1;
    const loss = measureText(validation?.loss ?? null);
    show(done, trainings * evaluations, { trial, seed, epoch: Number(epoch.toFixed(2)), loss });
  };
}

function printed(result: Comparison, { json, quiet }: CompareOutput): string {
  if (json) return resultJson(result);
  return quiet ? `${result.ranking[0]?.name}\n` : comparisonSummary(result);
}
