// The library on Node: everything that a training script needs, from one place.

// Search, train, compare.
export { compare, findLearningRate, train } from '@lrfind/finder';
export type {
  ArrayData,
  CompareOptions,
  ComparisonEvent,
  FindOptions,
  FitCallback,
  LearningRateChoice,
  StepEvent,
  TrainOptions,
  TrialOptions,
} from '@lrfind/finder';

// Files: models, tables, results, journals.
export { checkModelFolder } from './files/model-folder.js';
export { type HistoryLoggerOptions, historyLogger } from './files/history-logger.js';
export { type JournalFile, journalFile } from './files/journal-file.js';
export { readModel, readResult, readTable } from './files/read.js';
export { saveModel } from './files/save-model.js';
export { saveResult } from './files/save-result.js';
export { encodeTable } from '@lrfind/finder';
export type { EncodedModelTable, EncodeForModelOptions, LossFunction, LossOption, ModelFile } from '@lrfind/finder';
export type { Dataset, DatasetColumn, ReadTableOptions, Table } from '@lrfind/data';

// Optimizers and learning rates.
export {
  learningRateOf,
  optimizer,
  optimizerFromTfjs,
  optimizerFromTrainingConfig,
  setLearningRate,
  setMomentum,
} from '@lrfind/finder';
export type { LearningRate, OptimizerOption, OptimizerOptions, OptimizerSpec, RuleOptimizer } from '@lrfind/finder';

// Schedules.
export { from, parseSchedule, printSchedule, resolveSchedule } from '@lrfind/core/schedules';
export type { Schedule, ScheduleConfig, ScheduleSpan, ScheduleSpec } from '@lrfind/core/schedules';

// Callbacks for `train` and `model.fit`.
export {
  earlyStopping,
  learningRateMonitor,
  learningRateScheduler,
  parseCallback,
  reduceLROnPlateau,
  terminateOnNaN,
  warmUp,
} from '@lrfind/finder';

// Results.
export { Comparison, parseResult, SweepResult, TrainingResult } from '@lrfind/core/results';
export type {
  CurveLocation,
  CurvePoint,
  Evaluation,
  Measures,
  RankedTrial,
  Recipe,
  Result,
  Suggestion,
  Sweep,
  SweepStep,
  Training,
  TrialResult,
} from '@lrfind/core/results';
export { lowestEvaluation } from '@lrfind/core/study';
export type { Journal, JournalEntry, JournalHeader } from '@lrfind/core/study';

// Tables of everything that has a name.
export { callbackKinds, losses, metricKinds, modelFormats, optimizers } from '@lrfind/finder';
export { scheduleKinds } from '@lrfind/core/schedules';
export { suggestionMethods } from '@lrfind/core/sweep';
export { tableFormats } from '@lrfind/data';
export { charts } from '@lrfind/plots/charts';

// Backends.
export { BackendError, type BackendInfo, installTensorFlow, listBackends, useBackend } from '@lrfind/backends';

// Errors and versions.
export { InputError, version } from '@lrfind/core';
