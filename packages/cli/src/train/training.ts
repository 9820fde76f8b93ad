import { InputError } from '@lrfind/core';
import type { Evaluation, TrainingResult } from '@lrfind/core/results';
import { scheduleToBeFound } from '@lrfind/core/schedules';
import { TrainSettings, type Workers } from '@lrfind/core/study';
import { checkGroups } from '@lrfind/core/sweep';
import {
  type Checkpoint,
  type ModelFile,
  parseCallback,
  type StepEvent,
  type TrainingStepEvent,
  type TryEvent,
  train,
} from '@lrfind/finder';
import {
  classWeightFlag,
  compiledNotes,
  encodeTables,
  heldOutOf,
  lossFlag,
  type ModelDatasets,
  optimizerFlag,
} from '../shared/encode-inputs.js';
import { flagOptions } from '../shared/flag-values.js';
import { named } from '../shared/flags.js';
import { foundScheduleFlag, rateFlag, scheduleFlag } from '../shared/learning-rate.js';
import { MetricOptions, OptimizerOptions, OptimizerParameters, TrainingOptions } from '../shared/options.js';
import type { Tables } from '../shared/tables.js';
import { RateOptions, TrainFiles } from './training-options.js';

/** What a training is told by flags, converted and checked. */
export type TrainingSettings = ReturnType<typeof trainingSettings>;

/**
 * What flags say of a training.
 *
 * @param flags as text, by the names of their options
 * @throws InputError for anything that can be known to be wrong without model and table
 */
export function trainingSettings(flags: Readonly<Record<string, unknown>>) {
  const files = flagOptions(TrainFiles, flags);
  const rate = flagOptions(RateOptions, flags);
  const settings = flagOptions(TrainSettings, flags);
  const training = flagOptions(TrainingOptions, flags);
  const measured = flagOptions(MetricOptions, flags);
  const optimizer = flagOptions(OptimizerOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  if (rate.lr !== undefined && rate.schedule !== undefined && rateFlag(rate.lr) !== 'find')
    throw new InputError(`--lr must be find, or be left out, where --schedule is given; got ${rate.lr}`);
  checkGroups(settings.groups);
  const learningRate = learningRateFlags(rate);
  for (const text of rate.callback) named('--callback', () => parseCallback(text));
  const loss = lossFlag(training.loss);
  const classWeight = classWeightFlag(training.classWeight);
  return { files, rate, settings, training, measured, optimizer, parameters, learningRate, loss, classWeight };
}

/** The rate or the schedule; with `--lr find` the schedule whose peak is to be found. */
function learningRateFlags({ lr, schedule }: RateOptions): number | string {
  if (schedule === undefined) return rateFlag(lr ?? 'find');
  return lr === undefined ? scheduleFlag(schedule) : foundScheduleFlag(schedule);
}

/** What a training needs besides its settings, and who is told of it. */
export interface Trained {
  readonly file: ModelFile;
  /** Gives the tables, once the optimizer has been checked. */
  readonly tables: () => Promise<Tables>;
  /** Notes of the backend. */
  readonly notes: readonly string[];
  /** Called before the first step, when nothing is left that the caller could correct. */
  readonly onReady?: ((ready: ReadyToTrain) => void) | undefined;
  readonly onSearchStep?: ((event: StepEvent) => void) | undefined;
  readonly onTry?: ((event: TryEvent) => void) | undefined;
  readonly onStep?: ((event: TrainingStepEvent) => void) | undefined;
  readonly onEpoch?: ((evaluation: Evaluation) => void) | undefined;
  /** Where the training is stored, by the scaling of its target. Default: nowhere. */
  readonly checkpoint?: ((data: ModelDatasets['data']) => Checkpoint) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly workers?: Workers | undefined;
}

/** What is known before the first step. */
export interface ReadyToTrain {
  /** Whether the rate is searched for first, which an optimizer that finds its own does not need. */
  readonly searches: boolean;
  readonly data: ModelDatasets['data'];
}

/**
 * Trains as `lrfind train` does: the model of the file holds the trained weights afterwards.
 *
 * @returns the result with the options of all flags
 * @throws InputError for anything that the caller can correct; the signal's reason when it is aborted
 */
export async function trainOn(told: TrainingSettings, trained: Trained): Promise<TrainingResult> {
  const { files, rate, settings, training, measured, parameters, learningRate, loss } = told;
  const { file } = trained;
  const optimizer = optimizerFlag(told.optimizer.optimizer, parameters, file);
  const { workers } = trained;
  const searches = (learningRate === 'find' || scheduleToBeFound(learningRate) !== null) && !optimizer?.kind.rateFree;
  if (typeof workers === 'number' && workers > 1 && !searches)
    throw new InputError(
      `--workers must be auto or 1 where no learning rate is searched for, because a training runs in one thread; got ${workers}`,
    );
  const tables = await trained.tables();
  const given = { ...training, ...measured, loss };
  const { validationSplit, split } = settings;
  const datasets = encodeTables(tables, file, files, { ...given, validationSplit, split });
  const { data, validation, test, losses, lossWeights, metrics } = datasets;
  const notes = [...data.notes, ...compiledNotes({ ...given, ...told.optimizer }, file, datasets), ...trained.notes];
  trained.onReady?.({ searches: learningRate === 'find' && !optimizer?.kind.rateFree, data });
  const result = await train(
    file.model,
    { ...data, notes },
    {
      ...settings,
      ...heldOutOf(files, datasets),
      learningRate,
      loss: losses,
      lossWeights,
      classWeight: told.classWeight,
      optimizer,
      metrics,
      validation,
      test,
      callbacks: rate.callback.map((text) => parseCallback(text)),
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      checkpoint: trained.checkpoint?.(data),
      onSearchStep: trained.onSearchStep,
      onTry: trained.onTry,
      onStep: trained.onStep,
      onEpoch: trained.onEpoch,
      signal: trained.signal,
      workers: trained.workers,
    },
  );
  const flagged = {
    ...(validationSplit !== undefined && { validationSplit }),
    ...files,
    ...rate,
    ...training,
    ...measured,
    ...told.optimizer,
    ...parameters,
  };
  return { ...result, options: { ...result.options, ...flagged } };
}
