import { type Dataset, encodeTable, readTable } from '@lrfind/data';
import { type LossOption, modelShape, resolveLosses, resolveLossName, type ModelFile } from '@lrfind/finder';
import type { DataOptions } from '../../find/options.js';

/** The tables that a command was given, as read. */
export interface Tables {
  readonly data: Awaited<ReturnType<typeof readTable>>;
  readonly validation?: Tables['data'];
  readonly test?: Tables['data'];
}

/** The same tables as a model takes them. */
export interface EncodedTables {
  data: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  /** The loss of each output. */
  readonly losses: string[];
}

/**
 * Reads the tables; columns of the further ones are of the kinds that they have in the first.
 *
 * @param paths of each
 */
export async function readTables(
  paths: { readonly data: string; readonly validation?: string | undefined; readonly test?: string | undefined },
  { categorical }: Pick<DataOptions, 'categorical'>,
): Promise<Tables> {
  const data = await readTable(paths.data, { categorical });
  return {
    data,
    ...(paths.validation && { validation: await readTable(paths.validation, { like: data }) }),
    ...(paths.test && { test: await readTable(paths.test, { like: data }) }),
  };
}

/**
 * Encodes tables for a model; further ones with the means, ranges, categories and classes of the first.
 *
 * @param loss the one that was asked for; else that of the model's own compilation, else inferred
 */
export function encodeTables(
  tables: Tables,
  file: ModelFile,
  options: DataOptions,
  loss: string | undefined,
): EncodedTables {
  const { source, tasks, encodeWith } = encodeTable(tables.data, modelShape(file.model), {
    ...(options.target && { target: options.target }),
    ignore: options.ignore,
    missing: options.missing,
    scale: scaling(options.scale, file.hasWeights),
    ...lossesOf(loss, file),
  });
  return {
    data: source,
    ...(tables.validation && { validation: encodeWith(tables.validation) }),
    ...(tables.test && { test: encodeWith(tables.test) }),
    losses: tasks.map((task) => task.loss),
  };
}

/** A model with weights has learnt a scale already; scaling anew would not be what it knows. */
function scaling(wanted: string | undefined, hasWeights: boolean): 'standard' | 'minmax' | 'none' | number {
  if (wanted === undefined) return hasWeights ? 'none' : 'standard';
  return wanted === 'standard' || wanted === 'minmax' || wanted === 'none' ? wanted : Number(wanted);
}

/** The loss that was asked for, else the one that the model was compiled with; neither leaves it to be inferred. */
function lossesOf(wanted: string | undefined, { model, trainingConfig }: ModelFile): { loss?: string | string[] } {
  if (wanted !== undefined) return { loss: resolveLossName(wanted) };
  const names = resolveLosses(trainingConfig?.loss as LossOption | undefined, model)?.names;
  return names ? { loss: names as string[] } : {};
}
