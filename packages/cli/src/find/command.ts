import { checkRange, SweepOptions } from '@lrfind/core/sweep';
import { InputError } from '@lrfind/core';
import { findLearningRate, resolveLossName, readModel } from '@lrfind/finder';
import { type SweepResult } from '@lrfind/core/results';
import { resolveMethods } from '@lrfind/core/sweep';
import { encodeTables, readTables } from '../shared/inputs/tables.js';
import { fromModelFile, modelOptimizer } from '../shared/inputs/model-optimizer.js';
import { backendNotes, openBackend } from '../shared/inputs/open-backend.js';
import {
  FileOptions,
  OptimizerParameters,
  OutputOptions,
  SuggestOptions,
  TrainingOptions,
} from './options.js';
import { flagName, flagOptions } from '../shared/flags.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { runFormats } from './formats.js';
import { summary } from './summary.js';
import { sweepProgress } from './progress.js';
import { restoreTerminal } from '../shared/terminal/progress.js';

/**
 * `lrfind find`: reads the model and the table, sweeps, prints the answer and writes the files.
 *
 * @param flags what commander collected
 * @throws InputError for anything that the caller can mend; nothing is written then
 */
export async function find(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const files = flagOptions(FileOptions, flags);
  const training = flagOptions(TrainingOptions, flags);
  const sweep = flagOptions(SweepOptions, flags);
  const { suggest } = flagOptions(SuggestOptions, flags);
  const output = flagOptions(OutputOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  if (!files.model) throw new InputError('--model is missing: the path of a TensorFlow.js layers model (model.json)');
  if (!files.data) throw new InputError('--data is missing: the path of a table with a header (.csv or .tsv)');
  checkRange(sweep, flagName);
  const methods = suggest?.split(',').map((name) => name.trim());
  resolveMethods(methods);
  if (training.loss !== undefined) resolveLossName(training.loss);
  await checkOutputs(output.out, runFormats, '--out', [files.model, files.data]);

  const backend = await openBackend(training.backend);
  const file = await readModel(files.model);
  const optimizer = modelOptimizer(training.optimizer, parameters, file);
  const tables = await readTables({ data: files.data }, files);
  const { data, losses } = encodeTables(tables, file, files, training.loss);
  const showsProgress = output.progress && !output.quiet && process.stderr.isTTY;
  const run = await findLearningRate(
    file.model,
    { ...data, notes: [...data.notes, ...fromModelFile(training, file), ...backendNotes(training.backend, backend)] },
    {
      ...sweep,
      loss: losses,
      ...(optimizer && { optimizer }),
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      ...(methods && { suggest: methods }),
      ...(showsProgress && { onStep: sweepProgress() }),
    },
  );
  restoreTerminal();
  const complete: SweepResult = { ...run, options: { ...run.options, ...files, ...training, ...parameters } };
  await writeOutputs(output.out, runFormats, { result: complete, picture: output });
  process.stdout.write(printed(complete, output));
  if (!output.quiet) process.stderr.write(output.out.map((path) => `wrote ${path}\n`).join(''));
}

function printed(run: SweepResult, { json, quiet }: OutputOptions): string {
  if (json) return `${JSON.stringify(run, null, 1)}\n`;
  if (quiet) return run.suggestion ? `${run.suggestion.learningRate}\n` : '';
  return summary(run);
}
