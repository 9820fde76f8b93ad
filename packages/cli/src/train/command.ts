import { InputError } from '@lrfind/core';
import { parseCallback, resolveLossName, train as trainModel, checkSavable, readModel, saveModel } from '@lrfind/finder';
import { type TrainingResult } from '@lrfind/core/results';
import { TrainSettings } from '@lrfind/core/study';
import { checkModelFolder, unfinishedModel } from '../files/model-folder.js';
import { encodeTables, readTables } from '../shared/inputs/tables.js';
import { fromModelFile, modelOptimizer } from '../shared/inputs/model-optimizer.js';
import { backendNotes, openBackend } from '../shared/inputs/open-backend.js';
import { OptimizerParameters, TrainingOptions } from '../find/options.js';
import { flagOptions } from '../shared/flags.js';
import { rateFlag, scheduleFlag } from '../shared/learning-rate-flags.js';
import { MetricOptions, RateOptions, TrainFiles, TrainOutput } from './options.js';
import { checkOutputs, removedWhenInterrupted, writeOutputs } from '../shared/outputs/output-files.js';
import { trainingFormats } from './formats.js';
import { epochLine } from './epoch-line.js';
import { resultLine, trainingSummary } from './summary.js';

/**
 * `lrfind train`: reads the model and the tables, trains, prints a line for each epoch and the outcome, and writes the files.
 *
 * @param flags what commander collected
 * @throws InputError for anything that the caller can mend; nothing is written then
 */
export async function train(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const files = flagOptions(TrainFiles, flags);
  const rate = flagOptions(RateOptions, flags);
  const settings = flagOptions(TrainSettings, flags);
  const training = flagOptions(TrainingOptions, flags);
  const { metrics } = flagOptions(MetricOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  const output = flagOptions(TrainOutput, flags);
  if (!files.model) throw new InputError('--model is missing: the path of a TensorFlow.js layers model (model.json)');
  if (!files.data) throw new InputError('--data is missing: the path of a table with a header (.csv or .tsv)');
  if (rate.lr !== undefined && rate.schedule !== undefined)
    throw new InputError('--lr and --schedule both say how the learning rate goes; leave one out');
  const learningRate = rate.schedule === undefined ? rateFlag(rate.lr ?? 'find') : scheduleFlag(rate.schedule);
  for (const text of rate.callback) named('--callback', () => parseCallback(text));
  if (training.loss !== undefined) resolveLossName(training.loss);
  const inputs = [files.model, files.data, files.validation, files.test].filter((path) => path !== undefined);
  await checkOutputs(output.out, trainingFormats, '--out', inputs);
  if (output.save) await named('--save', () => checkModelFolder(output.save as string, inputs));

  const backend = await openBackend(training.backend);
  const file = await readModel(files.model);
  if (output.save) checkSavable(file.model);
  const optimizer = modelOptimizer(training.optimizer, parameters, file);
  const tables = await readTables({ data: files.data, validation: files.validation, test: files.test }, files);
  const { data, validation, test, losses } = encodeTables(tables, file, files, training.loss);
  const log = logOf(output);
  if (learningRate === 'find') log('a sweep over the training rows finds the learning rate first; --lr sets one\n');
  const run = await trainModel(
    file.model,
    { ...data, notes: [...data.notes, ...fromModelFile(training, file), ...backendNotes(training.backend, backend)] },
    {
      ...settings,
      learningRate,
      loss: losses,
      ...(optimizer && { optimizer }),
      ...(metrics && { metrics }),
      ...(validation && { validation }),
      ...(test && { test }),
      callbacks: rate.callback.map(parseCallback),
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      onEpoch: (point) => log(`${epochLine(point, settings.epochs)}\n`),
    },
  );
  const complete: TrainingResult = {
    ...run,
    options: { ...run.options, ...files, ...rate, ...training, ...parameters, ...(metrics && { metrics }) },
  };
  const saves = output.save !== undefined && run.training.outcome !== 'diverged';
  if (saves) await save(file.model, output.save as string);
  await writeOutputs(output.out, trainingFormats, { result: complete, picture: output });
  process.stdout.write(printed(complete, output));
  if (output.quiet) return;
  if (output.save && !saves) process.stderr.write(`not saved to ${output.save}: the training diverged\n`);
  process.stderr.write([...output.out, ...(saves ? [output.save] : [])].map((path) => `wrote ${path}\n`).join(''));
}

/** Where the lines of the epochs go: to the product where it is a text, else beside it. */
function logOf({ progress, quiet, json }: TrainOutput): (line: string) => void {
  if (!progress || quiet) return () => {};
  return (line) => (json ? process.stderr : process.stdout).write(line);
}

async function save(model: Parameters<typeof saveModel>[0], folder: string): Promise<void> {
  const done = removedWhenInterrupted(unfinishedModel(folder));
  try {
    await saveModel(model, folder);
  } finally {
    done();
  }
}

/** Names the flag in what is said of its value. */
function named<Result>(flag: string, check: () => Result): Result {
  const say = (error: unknown) => (error instanceof InputError ? new InputError(`${flag}: ${error.message}`) : error);
  try {
    const result = check();
    if (!(result instanceof Promise)) return result;
    return result.catch((error) => {
      throw say(error);
    }) as Result;
  } catch (error) {
    throw say(error);
  }
}

function printed(run: TrainingResult, { json, quiet }: TrainOutput): string {
  if (json) return `${JSON.stringify(run, null, 1)}\n`;
  return quiet ? `${resultLine(run)}\n` : trainingSummary(run);
}
