import { type BackendInfo, useBackend } from '@lrfind/backends';
import { notAllowed, wordList } from '@lrfind/core';
import type { Dataset, Table } from '@lrfind/data';
import {
  type ClassWeights,
  compiledSettings,
  defaultOptimizer,
  encodeTable,
  isMetricFor,
  type LossKind,
  type LossOption,
  type LossWeights,
  lossNamed,
  type ModelFile,
  optimizerFromTrainingConfig,
  type ResolvedOptimizer,
  resolveOptimizer,
  scalingLayers,
} from '@lrfind/finder';
import { filesOfModel, scanTable } from '../files/read-inputs.js';
import type { NamedFile } from '../files/same-file.js';
import { flagName, named } from './flags.js';
import type { DataOptions } from './options.js';

/** The tables of a command, as read; the place of rows that are not in memory is freed with them. */
export interface Tables extends AsyncDisposable {
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
  /** What each counts; `undefined` for 1. */
  readonly lossWeights: LossWeights | undefined;
  /** Those of `--metrics`, else those that the model was compiled with and that fit; `undefined` for the default. */
  readonly metrics: readonly string[] | undefined;
}

/**
 * Reads the tables; of those that are larger than memory a sample. The columns of validation and test tables are of the kinds that
 * they have in the first one.
 *
 * @param use `seed` decides which rows are sampled; `keepRows`: whether the first table is trained on as a whole
 */
export async function readTables(
  paths: { readonly data: string; readonly validation?: string | undefined; readonly test?: string | undefined },
  { categorical, ignore, missing, sampleWeight, memory, sampleRows, ...options }: DataOptions,
  { seed, keepRows }: { readonly seed: number; readonly keepRows: boolean },
): Promise<Tables> {
  const { target } = options;
  const common = { ignore, sampleWeight, memory: bytesOf(memory), sampleRows, seed };
  const data = await scanTable(paths.data, { ...common, target, categorical, missing, keepRows });
  const targets = target ?? [data.columns.at(-1)?.name ?? ''];
  // Rows with missing values are dropped when the columns are matched.
  const like = { ...common, target: targets, missing: 'mean', like: data } as const;
  const readLike = async (path: string | undefined) => (path ? scanTable(path, like) : undefined);
  const close = async () => data.whole?.blocks?.close();
  try {
    const [validation, test] = [await readLike(paths.validation), await readLike(paths.test)];
    return { data, validation, test, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/**
 * The bytes of `--memory`.
 *
 * @throws InputError for none
 */
function bytesOf(size: string | undefined): number | undefined {
  if (size === undefined) return undefined;
  const bytes = Number(size.slice(0, -2)) * (UNITS[size.slice(-2)] as number);
  if (bytes >= 1) return bytes;
  throw notAllowed('--memory', 'a size of at least a byte, such as 500MB or 2GB', size);
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
 * @param given from flags; by default what the model was compiled with, else an inferred loss
 */
export function encodeTables(
  { data, validation, test }: Tables,
  { model, trainingConfig, hasWeights }: ModelFile,
  options: DataOptions,
  given: {
    readonly loss: LossKind | undefined;
    readonly lossWeights?: readonly string[] | undefined;
    readonly metrics?: readonly string[] | undefined;
  },
): ModelDatasets {
  const { loss } = given;
  const compiled = compiledSettings(loss ? { ...trainingConfig, loss: undefined } : trainingConfig);
  const [scaling] = hasWeights || options.scale !== undefined ? [] : scalingLayers(model);
  const { dataset, losses, transform } = encodeTable(data, model, {
    target: options.target,
    ignore: options.ignore,
    missing: options.missing,
    sampleWeight: options.sampleWeight,
    scale: scaleOf(options.scale, hasWeights || scaling !== undefined),
    loss: loss ? loss.name : compiled.loss,
  });
  const fitting = compiled.metrics.filter((name) => isMetricFor(name, losses, model));
  return {
    data: scaling
      ? {
          ...dataset,
          notes: [
            ...dataset.notes,
            `features not scaled, because layer "${scaling.name}" (${scaling.getClassName()}) scales them`,
          ],
        }
      : dataset,
    validation: validation && transform(validation),
    test: test && transform(test),
    losses,
    lossWeights: given.lossWeights ? lossWeightsFlag(given.lossWeights) : compiled.lossWeights,
    metrics: given.metrics ?? (fitting.length > 0 ? fitting : undefined),
  };
}

/**
 * The weights of `--class-weight`.
 *
 * @throws InputError where `balanced` is not the only word
 */
export function classWeightFlag(texts: readonly string[] | undefined): ClassWeights | undefined {
  if (texts === undefined) return undefined;
  if (texts.length === 1 && texts[0] === 'balanced') return 'balanced';
  if (texts.includes('balanced')) throw notAllowed('--class-weight', 'balanced, or class=number', texts.join(','));
  return Object.fromEntries(
    texts.map((text) => text.split('=') as [string, string]).map(([name, weight]) => [name, Number(weight)]),
  );
}

/** @throws InputError where some have the name of an output and others have none */
function lossWeightsFlag(texts: readonly string[]): LossWeights {
  const named = texts.filter((text) => text.includes('='));
  if (named.length === 0) return texts.map(Number);
  if (named.length < texts.length)
    throw notAllowed('--loss-weights', 'all numbers, or all output=number', texts.join(','));
  return Object.fromEntries(
    named.map((text) => {
      const at = text.lastIndexOf('=');
      return [text.slice(0, at), Number(text.slice(at + 1))];
    }),
  );
}

/**
 * A model with weights was trained on data of some scale already, and a layer such as `rescaling` scales its input itself, so
 * by default their data is left as it is.
 */
function scaleOf(scale: string | undefined, hasScale: boolean): 'standard' | 'minmax' | 'none' | number {
  if (scale === undefined) return hasScale ? 'none' : 'standard';
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

/**
 * Notes of what comes from the model file's own compilation.
 *
 * @param given from flags
 * @param measured the metrics that are measured; left out where none are
 */
export function compiledNotes(
  given: {
    readonly loss?: unknown;
    readonly lossWeights?: unknown;
    readonly optimizer?: unknown;
    readonly metrics?: unknown;
  },
  { trainingConfig }: ModelFile,
  measured?: Pick<ModelDatasets, 'metrics'>,
): string[] {
  if (!trainingConfig) return [];
  const { loss, lossWeights, metrics } = compiledSettings(
    given.loss ? { ...trainingConfig, loss: null } : trainingConfig,
  );
  const ofFile = measured && !given.metrics ? metrics : [];
  const others = ofFile.filter((name) => !measured?.metrics?.includes(name));
  const taken = [
    loss !== undefined && 'loss',
    !given.lossWeights && lossWeights !== undefined && 'loss weights',
    !given.optimizer && trainingConfig.optimizer_config && 'optimizer',
    ofFile.length > others.length && 'metrics',
  ].filter((name) => typeof name === 'string');
  return [
    ...(taken.length > 0 ? [`${wordList(taken)}: as the model file was compiled`] : []),
    ...(others.length > 0 ? [`metrics of the model file that are not measured here: ${others.join(', ')}`] : []),
  ];
}
