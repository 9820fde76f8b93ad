import type { SweepResult } from '@lrfind/core/results';
import type { Workers } from '@lrfind/core/study';
import { checkRange, peakSchedules, resolveMethods } from '@lrfind/core/sweep';
import { findLearningRate, type ModelFile, requireRate, type StepEvent, type TryEvent } from '@lrfind/finder';
import {
  classWeightFlag,
  compiledNotes,
  encodeTables,
  heldOutOf,
  lossFlag,
  optimizerFlag,
} from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { flagName } from '../shared/flags.js';
import { OptimizerOptions, OptimizerParameters, TrainingOptions } from '../shared/options.js';
import type { Tables } from '../shared/tables.js';
import { FindFiles, FindOptions, SuggestOptions } from './search-options.js';

/** What a search is told by flags, converted and checked. */
export type SearchSettings = ReturnType<typeof searchSettings>;

/**
 * What flags say of a search.
 *
 * @param flags as text, by the names of their options
 * @throws InputError for anything that can be known to be wrong without model and table
 */
export function searchSettings(flags: Readonly<Record<string, unknown>>) {
  const files = flagOptions(FindFiles, flags);
  const training = flagOptions(TrainingOptions, flags);
  const optimizer = flagOptions(OptimizerOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  const sweep = flagOptions(FindOptions, flags);
  const { suggest } = flagOptions(SuggestOptions, flags);
  checkRange(sweep, flagName);
  const schedules = peakSchedules(sweep, flagName)?.length ?? 1;
  resolveMethods(suggest);
  const loss = lossFlag(training.loss);
  const classWeight = classWeightFlag(training.classWeight);
  return { files, training, optimizer, parameters, sweep, suggest, schedules, loss, classWeight };
}

/** What a search needs besides its settings, and who is told of it. */
export interface Searched {
  readonly file: ModelFile;
  /** Gives the tables, once the optimizer has been checked. */
  readonly tables: () => Promise<Tables>;
  /** Notes of the backend. */
  readonly notes: readonly string[];
  /** Called before the first step, when nothing is left that the caller could correct. */
  readonly onReady?: (() => void) | undefined;
  readonly onStep?: ((event: StepEvent) => void) | undefined;
  readonly onTry?: ((event: TryEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly workers?: Workers | undefined;
}

/**
 * Searches for a learning rate as `lrfind find` does.
 *
 * @returns the result with the options of all flags
 * @throws InputError for anything that the caller can correct; the signal's reason when it is aborted
 */
export async function search(settings: SearchSettings, searched: Searched): Promise<SweepResult> {
  const { files, training, sweep, parameters } = settings;
  const { file, onStep, onTry, signal, workers } = searched;
  const optimizer = optimizerFlag(settings.optimizer.optimizer, parameters, file);
  if (optimizer) requireRate(optimizer, '--optimizer');
  const tables = await searched.tables();
  const { validationSplit, split } = sweep;
  // The command's own default: rows that rates are tried on.
  const share = validationSplit || (sweep.verify === false ? 0 : undefined);
  const given = { loss: settings.loss, lossWeights: training.lossWeights, validationSplit: share, split };
  const { data, validation, losses, lossWeights } = encodeTables(tables, file, files, given);
  const notes = [...data.notes, ...compiledNotes({ ...training, ...settings.optimizer }, file), ...searched.notes];
  searched.onReady?.();
  const result = await findLearningRate(
    file.model,
    { ...data, notes },
    {
      ...sweep,
      ...heldOutOf(files, { validation }),
      validation,
      loss: losses,
      lossWeights,
      classWeight: settings.classWeight,
      optimizer,
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      suggest: settings.suggest,
      onStep,
      onTry,
      signal,
      workers,
    },
  );
  const options = {
    ...result.options,
    validationSplit,
    ...files,
    ...training,
    ...settings.optimizer,
    ...parameters,
  };
  return { ...result, options };
}
