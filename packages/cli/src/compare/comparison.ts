import { InputError, notAllowed } from '@lrfind/core';
import type { Comparison } from '@lrfind/core/results';
import type { Journal, Workers } from '@lrfind/core/study';
import { checkGroups, checkSeeds } from '@lrfind/core/sweep';
import { type ComparisonEvent, compare, type ModelFile, type TrialRunner } from '@lrfind/finder';
import { classWeightFlag, compiledNotes, encodeTables, heldOutOf, lossFlag } from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { flagName } from '../shared/flags.js';
import type { Tables } from '../shared/tables.js';
import {
  ComparedParameters,
  CompareFiles,
  CompareLength,
  CompareTraining,
  TrialOptions,
} from './comparison-options.js';
import { searchedRanges, searchOn, withSearchFlags } from './search.js';
import { type ComparedModel, combinations, trialsOf } from './trials.js';

/** What a comparison is told by flags, converted and checked. */
export type ComparisonSettings = ReturnType<typeof comparisonSettings>;

/**
 * What flags say of a comparison.
 *
 * @param flags as text, by the names of their options
 * @throws InputError for anything that can be known to be wrong without models and table
 */
export function comparisonSettings(flags: Readonly<Record<string, unknown>>) {
  const files = flagOptions(CompareFiles, flags);
  const chosen = flagOptions(TrialOptions, flags);
  const { epochs, ...settings } = flagOptions(CompareLength, flags);
  const training = flagOptions(CompareTraining, flags);
  const parameters = flagOptions(ComparedParameters, flags);
  if (flags.epochs !== undefined && settings.steps !== undefined)
    throw new InputError(`--epochs must be left out where --steps is given; got ${epochs}`);
  if (chosen.sampler === 'tpe' && settings.halving === true)
    throw new InputError(
      '--halving must be asynchronous, or left out, with --sampler tpe, which draws each trial by how the earlier ones did; got it without a value',
    );
  checkSeeds(settings, flagName);
  checkGroups(training.groups);
  const loss = lossFlag(training.loss);
  const classWeight = classWeightFlag(training.classWeight);
  const search = searchedRanges(files.model.length, chosen, parameters);
  const combined = search ? [] : combinations(files.model.length, chosen);
  return {
    files,
    chosen,
    settings,
    training,
    parameters,
    loss,
    classWeight,
    /** Undefined where every combination is compared. */
    search,
    /** Empty where a search draws the trials. */
    combined,
    /** Undefined for a length in steps. */
    epochs: settings.steps === undefined ? epochs : undefined,
  };
}

/** What a comparison needs besides its settings, and who is told of it. */
export interface Compared {
  /** The models, in the order of their names. */
  readonly files: readonly ModelFile[];
  readonly tables: () => Promise<Tables>;
  /** Notes of the backend. */
  readonly notes: readonly string[];
  /** Called before the first step, when nothing is left that the caller could correct. */
  readonly onReady?: (() => void) | undefined;
  readonly onEvaluation?: ((event: ComparisonEvent) => void) | undefined;
  readonly journal?: Journal | undefined;
  /** What runs the trainings, where this process does not. */
  readonly queue?: TrialRunner | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly workers?: Workers | undefined;
}

/**
 * Compares trainings as `lrfind compare` does.
 *
 * @returns the result with the options of all flags
 * @throws InputError for anything that the caller can correct; the signal's reason when it is aborted
 */
export async function compareOn(told: ComparisonSettings, compared: Compared): Promise<Comparison> {
  const { settings, training, chosen, epochs, loss } = told;
  if (new Set(compared.files.map(({ hasWeights }) => hasWeights)).size > 1)
    throw new InputError('--model must name models that all have weights, or all have none; got both');
  const tables = await compared.tables();
  const models = compared.files.map((file) => ({
    file,
    datasets: encodeTables(tables, file, told.files, { ...training, ...settings, loss }),
  }));
  const [{ file, datasets }, ...others] = models as [ComparedModel, ...ComparedModel[]];
  const ownNotes = compiledNotes({ ...training, optimizer: chosen.optimizer[0] }, file, datasets);
  // The result has one list of notes: that of the first model.
  const data = { ...datasets.data, notes: [...datasets.data.notes, ...ownNotes, ...compared.notes] };
  const trials = told.search
    ? { search: searchOn(told.search, chosen.optimizer, told.parameters, file) }
    : { trials: trialsOf(told.combined, [{ file, datasets: { ...datasets, data } }, ...others], told.parameters) };
  compared.onReady?.();
  const result = await namingFlags(() =>
    compare(file.model, data, {
      ...settings,
      ...heldOutOf(told.files, datasets),
      epochs,
      ...trials,
      loss: datasets.losses,
      lossWeights: datasets.lossWeights,
      classWeight: told.classWeight,
      groups: training.groups,
      metrics: datasets.metrics,
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      journal: compared.journal,
      queue: compared.queue,
      onEvaluation: compared.onEvaluation,
      signal: compared.signal,
      workers: compared.workers,
    }),
  );
  const { validationSplit } = settings;
  const given = {
    ...(validationSplit !== undefined && { validationSplit }),
    ...told.files,
    ...chosen,
    ...training,
    ...told.parameters,
  };
  return { ...result, options: { ...result.options, ...given } };
}

/** @throws InputError for one file of weights that would be read into several models */
export function checkSharedWeights(models: readonly string[], weights: string | undefined): void {
  if (weights !== undefined && weights !== 'none' && models.length > 1)
    throw notAllowed('--weights', 'none for several models, or a file for a single one', weights);
}

/** The library says of which trial a callback is, and which option of a search is meant; here flags name them. */
async function namingFlags<Result>(compareAll: () => Promise<Result>): Promise<Result> {
  try {
    return await compareAll();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(withSearchFlags(error.message.replace(/^trials\[\d+\]\.callbacks\b/, '--callback')));
  }
}
