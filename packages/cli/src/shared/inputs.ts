import { stat } from 'node:fs/promises';
import { type BackendInfo, useBackend } from '@lrfind/backends';
import { InputError, notAllowed, wordList } from '@lrfind/core';
import { type Dataset, readTable, type SeriesOptions, type Table, TextTableOptions } from '@lrfind/data';
import { tableSource } from '@lrfind/data/node';
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
  type OptimizerSpec,
  optimizerFromTfjs,
  optimizerFromTrainingConfig,
  type ResolvedOptimizer,
  resolveOptimizer,
  savedOptimizer,
  scalingLayers,
} from '@lrfind/finder';
import { filesOfModel, refuseMissing, scanSource } from '../files/read-inputs.js';
import type { NamedFile } from '../files/same-file.js';
import { stoppable } from '../files/stoppable-source.js';
import { splitList } from './flag-values.js';
import { flagName, named } from './flags.js';
import type { DataOptions, SampleOptions } from './options.js';

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

/** Tables that are being read while something else is done. */
export interface TablesInReading extends AsyncDisposable {
  /**
   * The tables, once they are read.
   *
   * @param model whose input gives images their shape
   */
  readonly read: (model: ModelFile['model'] | undefined) => Promise<Tables>;
}

/** Which rows of a table are read: `seed` decides which are sampled, `keepRows` whether the first table is trained on as a whole. */
interface Sampling {
  readonly seed: number;
  readonly keepRows: boolean;
}

/**
 * Begins to read the tables, so that the backend can be opened and the model built in the meantime. Only a file can be begun, since
 * images need the model, and what comes from a pipe may come much later. Disposing of it stops the reading and frees what was read.
 *
 * @param paths as `readTables`
 * @param options as `readTables`
 * @param sampling as `readTables`
 */
export async function beginTables(
  paths: Parameters<typeof readTables>[0],
  options: Parameters<typeof readTables>[1],
  sampling: Sampling,
): Promise<TablesInReading> {
  const stop = new AbortController();
  const begin = (model?: ModelFile['model']) => readTables(paths, options, sampling, model, stop.signal);
  const isFile = await stat(paths.data).then(
    (found) => found.isFile(),
    () => false,
  );
  let reading = isFile && options.query === undefined ? begin() : undefined;
  // Whoever reads the tables gets the error.
  reading?.catch(() => {});
  return {
    read: (model) => (reading ??= begin(model)),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await reading?.then(
        (tables) => tables[Symbol.asyncDispose](),
        () => {},
      );
    },
  };
}

/**
 * Reads the tables; of those that are larger than memory a sample. The columns of validation and test tables are of the kinds that
 * they have in the first one.
 *
 * @param sampling default: all rows are read into memory, as they are for `--window`
 * @param model whose input gives images their shape
 * @param signal stops the reading
 */
export async function readTables(
  paths: { readonly data: string; readonly validation?: string | undefined; readonly test?: string | undefined },
  options: DataOptions & Partial<SampleOptions>,
  sampling?: Sampling,
  model?: ModelFile['model'],
  signal?: AbortSignal,
): Promise<Tables> {
  const { missing, categorical, query, sheet, target, ignore, sampleWeight, window, memory, sampleRows } = options;
  const { oneHotLimit } = options;
  const texts = Object.keys(TextTableOptions.properties) as (keyof TextTableOptions)[];
  const text = Object.fromEntries(texts.map((name) => [name, options[name]])) as Partial<TextTableOptions>;
  const { policy, markers } = missingOf(missing);
  const imageShape = model && imageShapeOf(model);
  const shaped = { ...text, ...(imageShape && { imageShape }) };
  const first = { categorical, ...(query !== undefined && { query }), ...(sheet !== undefined && { sheet }) };
  const source = (path: string) => (signal ? stoppable(tableSource(path), signal) : tableSource(path));
  if (window !== undefined) refuseSample({ memory, sampleRows });
  if (!sampling || window !== undefined) {
    const reading = { ...shaped, missing: markers };
    const data = await readTable(source(paths.data), { ...reading, ...first });
    const readLike = async (part: 'validation' | 'test') => {
      const path = paths[part];
      return path === undefined ? undefined : readTable(source(path), { ...reading, like: data, part });
    };
    const close = async () => {};
    return {
      data,
      validation: await readLike('validation'),
      test: await readLike('test'),
      [Symbol.asyncDispose]: close,
    };
  }
  const { seed, keepRows } = sampling;
  const common = { ...shaped, markers, ignore, sampleWeight, oneHotLimit, memory: bytesOf(memory), sampleRows, seed };
  const data = await scanSource(source(paths.data), { ...common, ...first, target, missing: policy, keepRows });
  // Rows with missing values are dropped when the columns are matched.
  const like = { ...common, ...(target && { target }), missing: 'mean', like: data } as const;
  const readLike = async (part: 'validation' | 'test') => {
    const path = paths[part];
    return path === undefined ? undefined : scanSource(source(path), { ...like, part });
  };
  const close = async () => data.whole?.blocks?.close();
  try {
    const [validation, test] = [await readLike('validation'), await readLike('test')];
    return { data, validation, test, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws InputError for an option that takes a sample, of which no windows can be made */
function refuseSample(given: Partial<SampleOptions>): void {
  const [name, value] = Object.entries(given).find(([, each]) => each !== undefined) ?? [];
  if (name === undefined) return;
  throw new InputError(
    `${flagName(name)} must be left out with --window, because the rows of a window follow each other; got ${value}`,
  );
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

/** The shape that images get for a model: that of its first input, unless it varies. */
function imageShapeOf({ inputs: [input] }: ModelFile['model']): number[] | undefined {
  const shape = input?.shape.slice(1);
  return shape?.every((length) => length !== null) ? shape : undefined;
}

/**
 * Every file that a command with a model reads: that of each model, those of its weights, and the tables.
 *
 * @throws InputError for one that is missing, before a backend is opened for it
 */
export async function inputFiles(
  models: readonly string[],
  tables: {
    readonly weights?: string | undefined;
    readonly data: string;
    readonly validation?: string | undefined;
    readonly test?: string | undefined;
  },
): Promise<NamedFile[]> {
  const { weights, data, validation, test } = tables;
  for (const path of [...models, weights === 'none' ? undefined : weights, data, validation, test])
    if (path !== undefined) await refuseMissing(path);
  const ofModels = await Promise.all(models.map((path) => filesOfModel(path, '--model')));
  const ofTables = (['data', 'validation', 'test'] as const).flatMap((name) => {
    const path = tables[name];
    return path === undefined ? [] : [{ option: flagName(name), path }];
  });
  const ofWeights = weights === undefined || weights === 'none' ? [] : [{ option: '--weights', path: weights }];
  return [...ofModels.flat(), ...ofWeights, ...ofTables];
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
    /** Of a series: the share of the last rows to hold out. Default: 0.2, or 0 where there is a table to validate on. */
    readonly validationSplit?: number | undefined;
    readonly split?: 'random' | 'last' | undefined;
  },
): ModelDatasets {
  const { loss } = given;
  const series = seriesFlags(options, { ...given, validation: validation !== undefined });
  const compiled = compiledSettings(loss ? { ...trainingConfig, loss: undefined } : trainingConfig);
  const [scaling] = hasWeights || options.scale !== undefined ? [] : scalingLayers(model);
  const encoded = encodeTable(data, model, {
    target: options.target,
    ignore: options.ignore,
    missing: missingOf(options.missing).policy,
    sampleWeight: options.sampleWeight,
    oneHotLimit: options.oneHotLimit,
    scaleTarget: options.scaleTarget,
    categorical: options.categorical,
    scale: scaleOf(options.scale, hasWeights || scaling !== undefined),
    loss: loss ? loss.name : compiled.loss,
    series,
    sharesMemory: true,
  });
  const { dataset, losses, transform } = encoded;
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
    validation: validation ? transform(validation) : encoded.validation,
    test: test && transform(test),
    losses,
    lossWeights: given.lossWeights ? lossWeightsFlag(given.lossWeights) : compiled.lossWeights,
    metrics: given.metrics ?? (fitting.length > 0 ? fitting : undefined),
  };
}

/**
 * The parts of `--missing`: what to do with missing values, and what else is one.
 *
 * @throws InputError for both mean and drop
 */
export function missingOf(text: string): { policy: 'mean' | 'drop'; markers: string[] } {
  const texts = splitList(text);
  const isPolicy = (each: string) => each === 'mean' || each === 'drop';
  const policies = texts.filter(isPolicy);
  if (new Set(policies).size > 1) throw notAllowed('--missing', 'mean or drop, and markers', text);
  return { policy: policies[0] === 'drop' ? 'drop' : 'mean', markers: texts.filter((each) => !isPolicy(each)) };
}

/**
 * The windows of `--window` and the options that belong to it.
 *
 * @param given which rows are held out
 * @throws InputError where one of them is given without `--window`, and for rows of windows that are held out at random
 */
export function seriesFlags(
  { window, horizon, series: by, excludeTarget }: Pick<DataOptions, 'window' | 'horizon' | 'series' | 'excludeTarget'>,
  {
    validationSplit,
    split,
    validation,
  }: {
    readonly validationSplit?: number | undefined;
    readonly split?: 'random' | 'last' | undefined;
    readonly validation?: boolean;
  } = {},
): SeriesOptions | undefined {
  if (window === undefined) {
    const needing = Object.entries({ horizon, series: by, excludeTarget }).find(([, value]) => value !== undefined);
    if (needing) throw new InputError(`${flagName(needing[0])} must be given with --window, the rows in a window`);
    return undefined;
  }
  if (split === 'random')
    throw new InputError('--split must be last, or be left out, with --window, because windows overlap; got random');
  if (validation && validationSplit)
    throw new InputError(`--validation-split must be left out where --validation is given; got ${validationSplit}`);
  return { window, horizon, by, excludeTarget, validationSplit: validation ? 0 : validationSplit };
}

/**
 * How the library is told which rows are held out, where that is not by the options themselves: of windows the last ones are held
 * out already.
 */
export function heldOutOf(
  { window }: Pick<DataOptions, 'window'>,
  { validation }: Pick<ModelDatasets, 'validation'>,
): { readonly validationSplit?: number | undefined } {
  return window === undefined ? {} : { validationSplit: validation ? undefined : 0 };
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
export function scaleOf(scale: string | undefined, hasScale: boolean): 'standard' | 'minmax' | 'none' | number {
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

/** The optimizer that a model was compiled with: its file says so, or the code that built it. */
export function compiledOptimizer({
  model,
  trainingConfig,
}: Pick<ModelFile, 'model' | 'trainingConfig'>): (OptimizerSpec & object) | undefined {
  if (trainingConfig?.optimizer_config) return optimizerFromTrainingConfig(trainingConfig).spec;
  return model.optimizer ? optimizerFromTfjs(model.optimizer).spec : undefined;
}

/**
 * The optimizer of `--optimizer`, else the one that the model was compiled with; flags change its parameters. Undefined
 * where no flag and no file names one, which leaves the choice to the library.
 *
 * @throws InputError for an unknown optimizer, and for a parameter that it does not have or that is out of range
 */
export function optimizerFlag(
  name: string | undefined,
  parameters: object,
  file: Pick<ModelFile, 'model' | 'trainingConfig' | 'hasWeights' | 'optimizerVariables'>,
): ResolvedOptimizer | undefined {
  const changed = Object.keys(parameters).length > 0;
  if (!name && !file.trainingConfig?.optimizer_config && !changed) return undefined;
  const spec = { ...(name ? { name } : (compiledOptimizer(file) ?? { name: defaultOptimizer })), ...parameters };
  const optimizer = resolveOptimizer(spec, (option) => `${flagName(option)} (optimizer ${spec.name})`);
  return name || changed ? optimizer : { ...optimizer, state: savedOptimizer(file)?.optimizer.state };
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
  { trainingConfig, notes: ofReading = [] }: ModelFile,
  measured?: Pick<ModelDatasets, 'metrics'>,
): string[] {
  if (!trainingConfig) return [...ofReading];
  const {
    loss,
    lossWeights,
    metrics,
    notes = [],
  } = compiledSettings(given.loss ? { ...trainingConfig, loss: null } : trainingConfig);
  const ofFile = measured && !given.metrics ? metrics : [];
  const others = ofFile.filter((name) => !measured?.metrics?.includes(name));
  const taken = [
    loss !== undefined && 'loss',
    !given.lossWeights && lossWeights !== undefined && 'loss weights',
    !given.optimizer && trainingConfig.optimizer_config && 'optimizer',
    ofFile.length > others.length && 'metrics',
  ].filter((name) => typeof name === 'string');
  return [
    ...ofReading,
    ...notes,
    ...(taken.length > 0 ? [`${wordList(taken)}: as the model file was compiled`] : []),
    ...(others.length > 0 ? [`metrics of the model file that are not measured here: ${others.join(', ')}`] : []),
  ];
}
