import { access } from 'node:fs/promises';
import { InputError } from '@lrfind/core';
import type { TableDescription } from '@lrfind/core/results';
import { plainModel } from '@lrfind/finder';
import { readModel } from '../files/read-inputs.js';
import type { NamedFile } from '../files/same-file.js';
import { lossFlag, openBackend } from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
import { inputFiles, readTables } from '../shared/inputs.js';
import { checkOutputs, type Formats, writeOutputs } from '../shared/outputs/output-files.js';
import { resultJson } from '../shared/outputs/result-output.js';
import { describeFor } from './describe.js';
import { tableDescriptionFormats } from './formats.js';
import { ExampleOptions, findCommand, PlainModelFlags, TableFiles, TableOutput } from './options.js';
import { tableSummary } from './summary.js';

/**
 * `lrfind data`: reads the table, and the model if one is named, prints what was understood, and writes the files.
 *
 * @param path of the table; undefined where `--data` names it
 * @param given flags from commander
 * @throws InputError for anything that the caller can correct; nothing is written then
 */
export async function data(path: string | undefined, given: Readonly<Record<string, unknown>>): Promise<void> {
  if (path !== undefined && given.data !== undefined)
    throw new InputError(`--data must be given without another table; got --data ${given.data} and ${path}`);
  const flags = path === undefined ? given : { ...given, data: path };
  const files = flagOptions(TableFiles, flags);
  const shown = flagOptions(ExampleOptions, flags);
  const plain = flagOptions(PlainModelFlags, flags);
  const output = flagOptions(TableOutput, flags);
  const loss = lossFlag(files.loss);
  const models = files.model === undefined ? [] : [files.model];
  const inputs = await inputFiles(models, files);
  const { initModel, net, force } = plain;
  if (initModel !== undefined) await checkNewModel(initModel, files.model, force, inputs);
  const others = initModel === undefined ? [] : [{ option: '--init-model', path: initModel }];
  await checkOutputs(output.out, tableDescriptionFormats, '--out', inputs, others);

  // Only the model's shapes are needed, which any backend gives.
  if (files.model !== undefined || initModel !== undefined) await openBackend('cpu');
  const file = files.model === undefined ? undefined : await readModel(files.model);
  const { data: table } = await readTables(files, files, undefined, file?.model);
  const description = describeFor(table, file, files, { loss, ...shown });
  const built = initModel === undefined ? undefined : named('--net', () => plainModel(description, { net }));
  built?.model.dispose();
  const complete: TableDescription = {
    ...description,
    notes: [...description.notes, ...(built?.notes ?? [])],
    options: { ...files, ...shown, ...(initModel !== undefined && plain) },
  };
  if (built && initModel !== undefined) await writeOutputs([initModel], modelFormats, built.json);
  await writeOutputs(output.out, tableDescriptionFormats, complete);
  process.stdout.write(output.json ? resultJson(complete) : tableSummary(complete));
  const written = [...output.out, ...(initModel === undefined ? [] : [initModel])];
  process.stderr.write(written.map((path) => `wrote ${path}\n`).join(''));
  if (initModel !== undefined)
    process.stderr.write(`find its rate with: ${findCommand({ ...files, model: initModel }, complete.usable)}\n`);
}

/** The formats of a model's file; a new one has no weights, so that it is one file. */
const modelFormats: Formats<string> = { '.json': async (json) => json };

/** @throws InputError for a path that cannot be written, and for a file that is there, unless it may be replaced */
async function checkNewModel(
  path: string,
  model: string | undefined,
  force: boolean,
  inputs: readonly NamedFile[],
): Promise<void> {
  if (model !== undefined) throw new InputError(`--init-model must be given without --model; got --model ${model}`);
  await checkOutputs([path], modelFormats, '--init-model', inputs);
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (there && !force) throw new InputError(`--init-model ${path} is there already; --force replaces it`);
}
