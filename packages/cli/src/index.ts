// The library on Node: everything that a training script needs, from one place.

// Search, train, compare.

export { analyseLosses, findRate } from '@lrfind/core/loop';
export type {
  ArrayData,
  Arrays,
  BatchStream,
  Checkpoint,
  CompareOptions,
  ComparisonEvent,
  FindOptions,
  FitCallback,
  LearningRateChoice,
  SearchOptions,
  StepEvent,
  StreamBatch,
  TrainingStepEvent,
  TrainOptions,
  TrialCallback,
  TrialOptions,
  TryEvent,
} from '@lrfind/finder';
export { compare, findLearningRate, prepareWorkers, train } from '@lrfind/finder';

// Files: models, tables, results, journals.

export type { Dataset, DatasetColumn, ReadTableOptions, Table } from '@lrfind/data';
export type {
  ClassWeights,
  CompiledSettings,
  DescribeForModelOptions,
  EncodedModelTable,
  EncodeForModelOptions,
  LossFunction,
  LossOption,
  LossWeights,
  ModelFile,
  PlainModel,
  PlainModelOptions,
  TrainingConfig,
} from '@lrfind/finder';
export { compiledSettings, describeTable, encodeTable, inTargetUnits, plainModel } from '@lrfind/finder';
export { checkpointFolder } from './files/checkpoint-folder.js';
export { type HistoryLoggerOptions, type HistoryState, historyLogger } from './files/history-logger.js';
export { type JournalFile, journalFile } from './files/journal-file.js';
export { type ReadModelOptions, readModel, readTable, type ScanOptions, scanTable } from './files/read-inputs.js';
export { readResult } from './files/read-result.js';
export { saveModel } from './files/save-model.js';
export { saveResult } from './save-result.js';

// Optimizers and learning rates.

export type { LearningRate, OptimizerOption, OptimizerOptions, OptimizerSpec, RuleOptimizer } from '@lrfind/finder';
export {
  learningRateOf,
  optimizer,
  optimizerFromTfjs,
  optimizerFromTrainingConfig,
  savedOptimizer,
  setLearningRate,
  setMomentum,
} from '@lrfind/finder';

// Schedules.

export type { Schedule, ScheduleConfig, ScheduleSpan, ScheduleSpec } from '@lrfind/core/schedules';
export { from, parseSchedule, printSchedule, resolveSchedule } from '@lrfind/core/schedules';

// Callbacks for `train` and `model.fit`.

export {
  earlyStopping,
  type FinderState,
  type FoundRate,
  learningRateFinder,
  learningRateMonitor,
  learningRateScheduler,
  parseCallback,
  reduceLROnPlateau,
  terminateOnNaN,
  warmUp,
} from '@lrfind/finder';

// Results.

export type {
  ColumnDescription,
  CurveLocation,
  CurvePoint,
  Evaluation,
  Measures,
  Misfit,
  RankedTrial,
  Recipe,
  Result,
  Suggestion,
  Sweep,
  SweepStep,
  SweptGroup,
  TableDescription,
  TargetDescription,
  Training,
  TrialResult,
  TrialTraining,
} from '@lrfind/core/results';
export { Comparison, parseResult, SweepResult, TrainingResult } from '@lrfind/core/results';
export type {
  CallbackConfig,
  CallbackState,
  CheckpointHeader,
  Journal,
  JournalEntry,
  JournalHeader,
  TrainingChange,
  TrainingCheckpoint,
  TransferredRate,
} from '@lrfind/core/study';
export { lowestEvaluation, transferRate } from '@lrfind/core/study';

// Tables of everything that has a name.

export { scheduleKinds } from '@lrfind/core/schedules';
export { suggestionMethods } from '@lrfind/core/sweep';
export { tableFormats } from '@lrfind/data';
export { callbackKinds, losses, metricKinds, modelFormats, optimizers } from '@lrfind/finder';
export { charts } from '@lrfind/plots/charts';

// Backends.

export { BackendError, type BackendInfo, installTensorFlow, listBackends, useBackend } from '@lrfind/backends';

// Errors and versions.

export { InputError, version } from '@lrfind/core';
