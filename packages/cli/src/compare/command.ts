import { existsSync } from 'node:fs';
import { InputError, measureText, notAllowed } from '@lrfind/core';
import type { Comparison, TrialTraining } from '@lrfind/core/results';
import { WorkerOptions } from '@lrfind/core/study';
import type { ComparisonEvent, ModelFile } from '@lrfind/finder';
import { exitCodes } from '../exit-codes.js';
import { type JournalFile, journalFile } from '../files/journal-file.js';
import { readModel } from '../files/read-inputs.js';
import { together } from '../files/together.js';
import { showComparison } from '../live/comparison-page.js';
import { all, openedPage } from '../live/opened-page.js';
import { openBackend } from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { beginTables, inputFiles } from '../shared/inputs.js';
import { jsonPieces } from '../shared/outputs/json-pieces.js';
import { awaitOutput, checkOutputs, checkWritable, writeOutputs } from '../shared/outputs/output-files.js';
import { checkAxes, resultFormats } from '../shared/outputs/result-output.js';
import { reported } from '../shared/reported.js';
import { progressOn, showsProgress } from '../shared/terminal/progress.js';
import { onInterruption, restoreTerminal } from '../shared/terminal/restore.js';
import { outputFailure } from '../shared/terminal/streams.js';
import { readyWorkers } from '../shared/workers.js';
import { openTrackers, TrackerOptions } from '../trackers/registry.js';
import { storing } from '../trackers/store.js';
import { checkSharedWeights, compareOn, comparisonSettings } from './comparison.js';
import { comparisonOutput } from './formats.js';
import { openedQueue } from './opened-queue.js';
import { CompareOutput, JournalOptions } from './options.js';
import { QueueOptions } from './queue-options.js';
import { checkRoom } from './room.js';
import { comparisonRuns } from './runs.js';
import { comparisonSummary } from './summary.js';

/**
 * `lrfind compare`: trains every combination of what was given on equal terms, prints the ranking and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function compare(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const told = comparisonSettings(flags);
  const { files, settings, training } = told;
  checkRoom(told);
  const journalOptions = flagOptions(JournalOptions, flags);
  const { workers } = flagOptions(WorkerOptions, flags);
  const queueOptions = flagOptions(QueueOptions, flags);
  if (queueOptions.queue !== undefined && flags.workers !== undefined)
    throw notAllowed(
      '--workers',
      'left out with --queue, where lrfind worker --concurrency says how many trainings its machine runs at once',
      workers,
    );
  const output = flagOptions(CompareOutput, flags);
  await checkAxes(output, false);
  const chosenTrackers = flagOptions(TrackerOptions, flags);
  const formats = resultFormats(comparisonOutput);
  const journalPath = journalOptions.journal ?? `${output.out[0] ?? 'lrfind-compare'}.journal`;
  await checkWritable(journalPath, '--journal');
  const inputs = await inputFiles(files.model, files);
  await checkOutputs(output.out, formats, '--out', inputs, [{ option: '--journal', path: journalPath }]);
  const backend = openBackend(training.backend);
  const trackers = await openTrackers(chosenTrackers);
  await using page = await openedPage(output, 'Comparing trainings', [...files.model, files.data]);

  await using reading = await beginTables(files, files, { seed: settings.seed, keepRows: true });
  const notes = await backend;
  if (queueOptions.queue === undefined) readyWorkers(workers);
  const modelFiles = await readModels(files.model, files.weights);
  await using queue = await openedQueue(queueOptions, files.model, modelFiles);
  onInterruption(() => (existsSync(journalPath) ? resumeText(journalPath) : ''));
  const journal = noticing(journalFile(journalPath, { resume: journalOptions.resume }));
  const reports = output.progress && !output.quiet && showsProgress();
  const complete = await resumable(journal, () =>
    compareOn(told, {
      files: modelFiles,
      tables: () => reading.read(modelFiles[0]?.model),
      notes,
      workers,
      journal,
      queue,
      onReady: page?.open,
      onEvaluation: all(reports ? comparisonProgress() : undefined, page && showComparison(page, told.epochs)),
    }),
  );
  restoreTerminal();
  const diverged = complete.trials.every(({ trainings }) => trainings.every(lostTraining));
  const drawn = { result: complete, picture: output };
  const places: string[] = [];
  const stores = storing(trackers, comparisonOutput, drawn, comparisonRuns, places);
  const print = () => {
    if (output.quiet && diverged) return;
    for (const text of together(printed(complete, output))) process.stdout.write(text);
  };
  await resumable(journal, () => writeOutputs(output.out, formats, drawn, print, stores));
  // Errors of stdout come after the writing. One that was closed early must not end the program before the journal is gone.
  awaitOutput();
  await new Promise((resolve) => setImmediate(resolve));
  if (output.out.length > 0 || outputFailure() !== exitCodes.mistake) await journal.remove();
  else process.stderr.write(resumeText(journalPath));
  if (output.quiet && diverged) process.stderr.write('no best trial: every training diverged\n');
  if (!output.quiet) process.stderr.write([...output.out, ...places].map((path) => `wrote ${path}\n`).join(''));
  await page?.report([reported(comparisonOutput, complete)]);
  return diverged ? exitCodes.noAnswer : exitCodes.done;
}

function resumeText(journal: string): string {
  return `lrfind: ${journal} holds what is done; the same command with --resume continues\n`;
}

/** A journal that knows whether it holds something of this comparison. */
interface NoticingJournal extends JournalFile {
  readonly hasEntries: boolean;
}

function noticing(journal: JournalFile): NoticingJournal {
  let hasEntries = false;
  return {
    ...journal,
    async open(header) {
      const entries = await journal.open(header);
      hasEntries = entries.length > 0;
      return entries;
    },
    async add(entry) {
      await journal.add(entry);
      hasEntries = true;
    },
    get hasEntries() {
      return hasEntries;
    },
  };
}

/**
 * Says with a mistake that ends the comparison, such as a full disk, how to go on once it is corrected.
 *
 * @throws what the work throws
 */
async function resumable<Value>(journal: NoticingJournal, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError) || !journal.hasEntries || /--resume|to start again/.test(error.message))
      throw error;
    throw new InputError(
      `${error.message}; ${journal.path} holds what is done, and the same command with --resume goes on`,
    );
  }
}

/** Whether a training ended without a model. */
function lostTraining({ outcome }: TrialTraining): boolean {
  return outcome === 'diverged' || outcome === 'failed';
}

async function readModels(paths: readonly string[], weights: string | undefined): Promise<ModelFile[]> {
  checkSharedWeights(paths, weights);
  const models: ModelFile[] = [];
  for (const path of paths) models.push(await readModel(path, { weights }));
  return models;
}

/** A progress bar, with the latest evaluation and its loss on the validation rows. */
function comparisonProgress(): (event: ComparisonEvent) => void {
  const show = progressOn('{trial} | seed {seed} | epoch {epoch} | validation loss {loss}');
  return ({ trial, seed, evaluation: { epoch, validation }, progress }) => {
    const loss = measureText(validation?.loss ?? null);
    show(progress, 1, { trial, seed, epoch: Number(epoch.toFixed(2)), loss });
  };
}

/** What is printed of a result, in pieces. */
function printed(result: Comparison, { json, quiet }: CompareOutput): Iterable<string> {
  if (json) return jsonPieces(result);
  return [quiet ? `${result.ranking[0]?.name}\n` : comparisonSummary(result)];
}
