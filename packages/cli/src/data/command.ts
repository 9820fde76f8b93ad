import type { TableDescription } from '@lrfind/core/results';
import { compiledSettings, describeTable, scalingLayers } from '@lrfind/finder';
import { readModel } from '../files/read-inputs.js';
import { flagOptions } from '../shared/flags.js';
import { inputFiles, lossFlag, missingOf, openBackend, readTables, scaleOf } from '../shared/inputs.js';
import { checkOutputs, writeOutputs } from '../shared/outputs/output-files.js';
import { resultJson } from '../shared/outputs/result-output.js';
import { tableDescriptionFormats } from './formats.js';
import { ExampleOptions, TableFiles, TableOutput } from './options.js';
import { tableSummary } from './summary.js';

/**
 * `lrfind data`: reads the table, and the model if one is named, prints what was understood, and writes the files.
 *
 * @param flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function data(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const files = flagOptions(TableFiles, flags);
  const shown = flagOptions(ExampleOptions, flags);
  const output = flagOptions(TableOutput, flags);
  const given = lossFlag(files.loss);
  const models = files.model === undefined ? [] : [files.model];
  await checkOutputs(output.out, tableDescriptionFormats, '--out', await inputFiles(models, files));

  // Only the model's shapes are needed, which any backend gives.
  if (files.model !== undefined) await openBackend('cpu');
  const file = files.model === undefined ? undefined : await readModel(files.model);
  const { data: table } = await readTables(files, files);
  const hasScale = file !== undefined && (file.hasWeights || scalingLayers(file.model).length > 0);
  const description = describeTable(table, {
    target: files.target,
    ignore: files.ignore,
    missing: missingOf(files.missing).policy,
    oneHotLimit: files.oneHotLimit,
    categorical: files.categorical,
    sampleWeight: files.sampleWeight,
    scale: scaleOf(files.scale, hasScale),
    model: file?.model,
    loss: given?.name ?? (file ? compiledSettings(file.trainingConfig).loss : undefined),
    ...shown,
  });
  const complete: TableDescription = { ...description, options: { ...files, ...shown } };
  await writeOutputs(output.out, tableDescriptionFormats, complete);
  process.stdout.write(output.json ? resultJson(complete) : tableSummary(complete));
  process.stderr.write(output.out.map((path) => `wrote ${path}\n`).join(''));
}
