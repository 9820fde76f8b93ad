import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Comparison } from '@lrfind/core/results';
import { compare as compareRuns, resolveLossName, type ModelFile, readModel } from '@lrfind/finder';
import { InputError } from '@lrfind/core';
import { journalFile } from '../files/journal-file.js';
import { combinations } from './combinations.js';
import { comparisonProgress } from './progress.js';
import { type ModelTables, runSpecs } from './trials.js';
import { comparisonSummary } from './summary.js';
import { encodeTables, readTables } from '../shared/inputs/tables.js';
import { fromModelFile } from '../shared/inputs/model-optimizer.js';
import { backendNotes, openBackend } from '../shared/inputs/open-backend.js';
import {
  CompareArithmetic,
  CompareFiles,
  CompareLength,
  CompareOutput,
  JournalOptions,
  RunOptions,
} from './options.js';
import { OptimizerParameters } from '../find/options.js';
import { flagOptions } from '../shared/flags.js';
import { comparisonFormats } from './formats.js';
import { checkOutputs, checkWritable, writeOutputs } from '../shared/outputs/output-files.js';
import { mostDrawn } from '../shared/outputs/picture-formats.js';
import { sayWhenInterrupted } from '../shared/terminal/interruption.js';
import { restoreTerminal } from '../shared/terminal/progress.js';

/**
 * `lrfind compare`: trains every combination of what was given on equal terms, prints the ranking and writes the files.
 *
 * @param flags what commander collected
 * @throws InputError for anything that the caller can mend; nothing is written then
 */
export async function compare(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const files = flagOptions(CompareFiles, flags);
  const chosen = flagOptions(RunOptions, flags);
  const settings = flagOptions(CompareLength, flags);
  if (flags.epochs !== undefined && flags.steps !== undefined)
    throw new InputError('--epochs and --steps both say how long the runs are; leave one out');
  const { loss, backend: asked, metrics } = flagOptions(CompareArithmetic, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  const noting = flagOptions(JournalOptions, flags);
  const output = flagOptions(CompareOutput, flags);
  if (files.model.length === 0)
    throw new InputError('--model is missing: the path of a TensorFlow.js layers model (model.json)');
  if (!files.data) throw new InputError('--data is missing: the path of a table with a header (.csv or .tsv)');
  if (loss !== undefined) resolveLossName(loss);
  const runs = combinations(files.model.length, chosen);
  if (runs.length > mostDrawn && output.out.some((path) => /\.(png|svg)$/i.test(path)))
    throw new InputError(`--out: ${runs.length} runs are too many for one picture, which has room for ${mostDrawn}`);
  const inputs = [...files.model, files.data, files.validation].filter((path) => path !== undefined);
  await checkOutputs(output.out, comparisonFormats, '--out', inputs);
  const journalPath = noting.journal ?? `${output.out[0] ?? 'lrfind-compare'}.journal`;
  if ([...output.out, ...inputs].some((path) => resolve(path) === resolve(journalPath)))
    throw new InputError(`--journal ${journalPath} is another file of this comparison; name one of its own`);
  await checkWritable(journalPath, '--journal');

  const backend = await openBackend(asked);
  const models = await readModels(files.model);
  const tables = await readTables({ data: files.data, validation: files.validation }, files);
  const encoded = models.map((file) => ({ file, tables: encodeTables(tables, file, files, loss) }));
  const [first] = encoded as [ModelTables];
  const own = fromModelFile({ loss, optimizer: chosen.optimizer[0] }, first.file);
  // One comparison, one list of notes: that of the first model.
  first.tables.data = {
    ...first.tables.data,
    notes: [...first.tables.data.notes, ...own, ...backendNotes(asked, backend)],
  };
  const specs = runSpecs(runs, encoded, parameters);
  sayWhenInterrupted(() =>
    existsSync(journalPath)
      ? `lrfind: what is done is in ${journalPath}; the same command with --resume goes on\n`
      : '',
  );
  const journal = journalFile(journalPath, noting);
  const showsProgress = output.progress && !output.quiet && process.stderr.isTTY;
  const { epochs, ...length } = settings;
  const comparison = await compareRuns(first.file.model, first.tables.data, {
    ...length,
    ...(settings.steps === undefined && { epochs }),
    runs: specs,
    loss: first.tables.losses,
    ...(metrics && { metrics }),
    initialWeights: first.file.hasWeights ? 'given' : 'drawn',
    journal,
    ...(showsProgress && { onPoint: comparisonProgress() }),
  });
  restoreTerminal();
  const complete: Comparison = {
    ...comparison,
    options: {
      ...comparison.options,
      ...files,
      ...chosen,
      loss,
      backend: asked,
      ...parameters,
      ...(metrics && { metrics }),
    },
  };
  await writeOutputs(output.out, comparisonFormats, { result: complete, picture: output });
  await journal.remove();
  process.stdout.write(printed(complete, output));
  if (!output.quiet) process.stderr.write(output.out.map((path) => `wrote ${path}\n`).join(''));
}

async function readModels(paths: readonly string[]): Promise<ModelFile[]> {
  const models: ModelFile[] = [];
  for (const path of paths) models.push(await readModel(path));
  if (new Set(models.map(({ hasWeights }) => hasWeights)).size === 1) return models;
  throw new InputError('--model: some of the models have weights and others have none, which would not be equal terms');
}

function printed(comparison: Comparison, { json, quiet }: CompareOutput): string {
  if (json) return `${JSON.stringify(comparison, null, 1)}\n`;
  return quiet ? `${comparison.ranking[0]?.name}\n` : comparisonSummary(comparison);
}
