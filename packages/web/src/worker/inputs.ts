import type { TableDescription } from '@lrfind/core/results';
import { scanTable } from '@lrfind/data';
import { type ModelFile, plainModel, readModel } from '@lrfind/finder';
import { describeFor } from 'lrfind/src/data/describe.js';
import { PlainModelFlags, TableFiles } from 'lrfind/src/data/options.js';
import { lossFlag } from 'lrfind/src/shared/encode-inputs.js';
import { flagOptions } from 'lrfind/src/shared/flag-values.js';
import { named } from 'lrfind/src/shared/flags.js';
import { type TableReader, type Tables, tablesOf } from 'lrfind/src/shared/tables.js';
import type { Flags, Inputs } from '../protocol.js';
import { chosenFile } from './sources.js';

/** Bytes that the rows of a table may take, as by default in the command. */
const MEMORY = 6e8;

/** The name of a model that is made here. */
export const PLAIN_MODEL = 'model.json';

/** Reads the tables that were chosen. In a page there is no place for the rows of a table that is larger than memory. */
export function readerOf({ files, table }: Inputs): TableReader {
  return {
    source: () => chosenFile(table as File, files),
    scan: (source, { keepRows: _, memory, ...options }) => scanTable(source, { ...options, memory: memory ?? MEMORY }),
  };
}

/** The model that was chosen. */
function chosenModel({ model, files }: Inputs, weights: string | undefined): Promise<ModelFile> {
  const source = chosenFile(model as File, files);
  const from = weights === undefined || weights === 'none' ? weights : source.sibling(weights);
  return readModel(source, { weights: from });
}

/** What is known of a table before anything is trained, and the model that goes with it. */
export interface Prepared {
  readonly description: TableDescription;
  readonly file: ModelFile | undefined;
  /** The `model.json` of a plain model. */
  readonly json: string | undefined;
  readonly notes: readonly string[];
}

/**
 * Describes the table for the model that was chosen. Without one, a plain model is made for the table, unless that does not
 * fit any.
 *
 * @param flags as the command line collects them
 * @throws InputError for whatever is wrong with model, table or options
 */
export async function prepare(inputs: Inputs, flags: Flags): Promise<Prepared> {
  const own = Object.keys(TableFiles.properties);
  const options = flagOptions(
    TableFiles,
    Object.fromEntries(Object.entries(flags).filter(([name]) => own.includes(name))),
  );
  const loss = lossFlag(options.loss);
  const file = inputs.model ? await chosenModel(inputs, flags.weights as string | undefined) : undefined;
  const { data: table } = await tables(inputs, options, file);
  const description = describeFor(table, file, options, { loss, examples: 3, seed: 0 });
  if (file || description.misfits.length > 0) return { description, file, json: undefined, notes: file?.notes ?? [] };
  const { net } = flagOptions(PlainModelFlags, { ...(flags.net !== undefined && { net: flags.net }) });
  const { model, json, notes } = named('--net', () => plainModel(description, { net }));
  model.dispose();
  const made = await readModel(chosenFile(new File([json], PLAIN_MODEL), []));
  return { description, file: made, json, notes };
}

/** What was read last, so that another role of a column does not read the table again. */
let latest: { readonly table: File; readonly options: string; readonly tables: Promise<Tables> } | undefined;

function tables(inputs: Inputs, options: Parameters<typeof tablesOf>[2], file: ModelFile | undefined): Promise<Tables> {
  const { target: _, ignore: __, sampleWeight: ___, ...reading } = options;
  const shape = file?.model.inputs[0]?.shape;
  const key = JSON.stringify({ ...reading, shape });
  if (latest?.table !== inputs.table || latest?.options !== key)
    latest = {
      table: inputs.table as File,
      options: key,
      tables: tablesOf(readerOf(inputs), { data: '' }, options, undefined, file?.model),
    };
  return latest.tables;
}
