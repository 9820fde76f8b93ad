import { type BackendInfo, useBackend } from '@lrfind/backends';
import type { Dataset, Table } from '@lrfind/data';
import {
  defaultOptimizer,
  encodeTable,
  type LossKind,
  type LossOption,
  lossNamed,
  type ModelFile,
  optimizerFromTrainingConfig,
  type ResolvedOptimizer,
  resolveOptimizer,
} from '@lrfind/finder';
import { filesOfModel, readTable } from '../files/read-inputs.js';
import type { NamedFile } from '../files/same-file.js';
import { flagName, named } from './flags.js';
import type { DataOptions } from './options.js';

/** The tables of a command, as read. */
export interface Tables {
  readonly data: Table;
  readonly validation: Table | undefined;
  readonly test: Table | undefined;
}

/** The same tables for a model. */
export interface ModelDatasets {
  readonly data: Dataset;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
  /** The loss of each output. */
  readonly losses: LossOption;
}

/** Reads the tables. The columns of validation and test tables are of the kinds that they have in the first one. */
export async function readTables(
  paths: { readonly data: string; readonly validation?: string | undefined; readonly test?: string | undefined },
  { categorical }: Pick<DataOptions, 'categorical'>,
): Promise<Tables> {
  const data = await readTable(paths.data, { categorical });
  const readLike = async (path: string | undefined) => (path ? readTable(path, { like: data }) : undefined);
  return { data, validation: await readLike(paths.validation), test: await readLike(paths.test) };
}

/** Every file that a command with a model reads: that of each model with its weights, and the tables. */
export async function inputFiles(
  models: readonly string[],
  tables: { readonly data: string; readonly validation?: string | undefined; readonly test?: string | undefined },
): Promise<NamedFile[]> {
  const ofModels = await Promise.all(models.map((path) => filesOfModel(path, '--model')));
  const ofTables = (['data', 'validation', 'test'] as const).flatMap((name) => {
    const path = tables[name];
    return path === undefined ? [] : [{ option: flagName(name), path }];
  });
  return [...ofModels.flat(), ...ofTables];
}

/**
 * Encodes tables for a model; validation and test tables with the means, ranges, categories and classes of the first one.
 *
 * @param loss from `lossFlag`; by default the loss that the model was compiled with, else an inferred one
 */
export function encodeTables(
  { data, validation, test }: Tables,
  { model, trainingConfig, hasWeights }: ModelFile,
  options: DataOptions,
  loss: LossKind | undefined,
): ModelDatasets {
  const { dataset, losses, transform } = encodeTable(data, model, {
    target: options.target,
    ignore: options.ignore,
    missing: options.missing,
    scale: scaleOf(options.scale, hasWeights),
    loss: loss ? loss.name : (trainingConfig?.loss as LossOption | undefined),
  });
  return {
    data: dataset,
    validation: validation && transform(validation),
    test: test && transform(test),
    losses,
  };
}

/** A model with weights was trained on data of some scale already, so by default its data is left as it is. */
function scaleOf(scale: string | undefined, hasWeights: boolean): 'standard' | 'minmax' | 'none' | number {
  if (scale === undefined) return hasWeights ? 'none' : 'standard';
  return scale === 'standard' || scale === 'minmax' || scale === 'none' ? scale : Number(scale);
}

/**
 * The loss of `--loss`.
 *
 * @throws InputError for an unknown name
 */
export function lossFlag(name: string | undefined): LossKind | undefined {
  return name === undefined ? undefined : lossNamed(name, '--loss');
}

/**
 * The optimizer of `--optimizer`, else the one that the model was compiled with; flags change its parameters. Undefined
 * where nothing names one, which leaves the choice to the library.
 *
 * @throws InputError for an unknown optimizer, and for a parameter that it does not have or that is out of range
 */
export function optimizerFlag(
  name: string | undefined,
  parameters: object,
  { trainingConfig }: Pick<ModelFile, 'trainingConfig'>,
): ResolvedOptimizer | undefined {
  const own = trainingConfig?.optimizer_config ? optimizerFromTrainingConfig(trainingConfig).spec : undefined;
  if (!name && !own && Object.keys(parameters).length === 0) return undefined;
  const spec = { ...(name ? { name } : (own ?? { name: defaultOptimizer })), ...parameters };
  return resolveOptimizer(spec, (option) => `${flagName(option)} (optimizer ${spec.name})`);
}

/** Opens the backend of `--backend`, with a note where lrfind chose it. */
export async function openBackend(name: string): Promise<string[]> {
  const { name: opened, why }: BackendInfo = await named('--backend', () => useBackend(name));
  return name === 'auto' ? [`backend: ${opened}; ${why}`] : [];
}

/** A note of what comes from the model file's own compilation. */
export function compiledNotes(
  given: { readonly loss?: unknown; readonly optimizer?: unknown },
  { trainingConfig }: ModelFile,
): string[] {
  if (!trainingConfig) return [];
  const taken = [
    !given.loss && trainingConfig.loss && 'loss',
    !given.optimizer && trainingConfig.optimizer_config && 'optimizer',
  ];
  const names = taken.filter(Boolean).join(' and ');
  return names ? [`${names}: as the model file was compiled`] : [];
}
