import { type BackendInfo, useBackend } from '@lrfind/backends';
import { InputError, notAllowed, notOneOf, wordList } from '@lrfind/core';
import type { Dataset, SeriesOptions } from '@lrfind/data';
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
  optimizerNamed,
  optimizers,
  type ResolvedOptimizer,
  resolveOptimizer,
  savedOptimizer,
  scalingLayers,
} from '@lrfind/finder';
import { flagName, named } from './flags.js';
import type { DataOptions } from './options.js';
import { missingOf, type Tables } from './tables.js';

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
 * Encodes tables for a model; validation and test tables with the means, ranges, categories and classes of the first one.
 *
 * @param given from flags; by default what the model was compiled with, else an inferred loss
 */
export function encodeTables(
  { data, validation, test }: Tables,
  { model, trainingConfig, hasWeights }: ModelFile,
  options: Omit<DataOptions, 'data'>,
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
  if (!optimizerNamed(spec.name))
    throw notOneOf(
      '--optimizer',
      optimizers.map((each) => each.name),
      spec.name,
    );
  const optimizer = resolveOptimizer(spec, (option) => `${flagName(option)} (optimizer ${spec.name})`);
  return name || changed ? optimizer : { ...optimizer, state: savedOptimizer(file)?.optimizer.state };
}

/**
 * Opens the backend of `--backend`, with a note where lrfind chose it. Other things can be done in the meantime, since loading TensorFlow's
 * library takes half a second of another thread: whoever awaits it gets the error.
 */
export function openBackend(name: string): Promise<string[]> {
  const opening = named('--backend', () => useBackend(name, name === 'auto' ? { byPace: true } : {})).then(
    ({ name: opened, why }: BackendInfo) => (name === 'auto' ? [`backend: ${opened}; ${why}`] : []),
  );
  opening.catch(() => {});
  return opening;
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
