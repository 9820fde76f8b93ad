// The names, in the order in which a reader meets them. Files are read by '@lrfind/finder/files'.
export { BackendError, type BackendInfo, useBackend } from '@lrfind/backends';

export { resolveMethods, suggestionMethods } from '@lrfind/core/sweep';
export type { SmoothedCurve, SuggestionMethod } from '@lrfind/core/sweep';
export { type EarlyStoppingState, earlyStopping } from './callbacks/early-stopping.js';
export { type CallbackKind, callbackKinds } from './callbacks/registry.js';
export { learningRateMonitor, type MonitorState, type RecordedRate } from './callbacks/learning-rate-monitor.js';
export {
  type CallbackSchedule,
  learningRateScheduler,
  type SchedulerState,
} from './callbacks/learning-rate-scheduler.js';
export { parseCallback } from './callbacks/parse-callback.js';
export { type ReduceLROnPlateauState, reduceLROnPlateau } from './callbacks/reduce-lr-on-plateau.js';
export { terminateOnNaN } from './callbacks/terminate-on-nan.js';
export { type WarmUpState, warmUp } from './callbacks/warm-up.js';
export { type CompareOptions, type ComparisonEvent, compare } from './compare.js';
export { lowestEvaluation } from '@lrfind/core/study';
export { mean } from '@lrfind/core';
export type { Behind, TrialResult, RankedTrial } from '@lrfind/core/results';
export { Comparison } from '@lrfind/core/results';
export type { DatasetColumn, Dataset } from '@lrfind/data';
export { type EncodedTable, type EncodeOptions, encodeTable } from '@lrfind/data';
export type { Task } from '@lrfind/data';
export type { ArrayData } from './engine/to-dataset.js';
export type { Table, TableLayout } from '@lrfind/data';
export { InputError, nearest } from '@lrfind/core';
export { type FindOptions, findLearningRate } from './find.js';
export type { LossFunction } from './losses/functions.js';
export { type LossName, lossNames, resolveLossName } from './losses/registry.js';
export { type LossOption, type ResolvedLosses, resolveLosses } from './losses/resolve.js';
export { metricKinds } from './metrics.js';
export { modelShape } from './model/describe.js';
export { optimizerFromTfjs } from './optimizers/from-tfjs.js';
export { type FoundOptimizer, optimizerFromTrainingConfig } from './optimizers/from-training-config.js';
export {
  type OptimizerSpec,
  optimizerNamed,
  optimizers,
  type ResolvedOptimizer,
  resolveOptimizer,
} from './optimizers/registry.js';
export { learningRateOf, setLearningRate } from './optimizers/learning-rate.js';
export { defaultOptimizer } from './optimizers/model-optimizer.js';
export { type OptimizerOptions, optimizer } from './optimizers/optimizer.js';
export type { LearningRate, RuleOptimizer } from './optimizers/rule-optimizer.js';
export type { NamedTensor } from './optimizers/rule-state.js';
export { setMomentum } from './optimizers/set-momentum.js';
export type { Named, OptimizerKind, UpdateRule } from './optimizers/update-rule.js';
export { allowed, checkRange, choice, resolveOptions, SweepOptions } from '@lrfind/core';
export type { CurvePoint, CurveLocation, Sweep, SweepStep, Suggestion } from '@lrfind/core/results';
export { SweepResult } from '@lrfind/core/results';
export { from, type MakeForeign } from '@lrfind/core/schedules';
export { scheduleKinds } from '@lrfind/core/schedules';
export { resolveSchedule } from '@lrfind/core/schedules';
export type { Schedule, ScheduleConfig, ScheduleSpan } from '@lrfind/core/schedules';
export type { ScheduleKind } from '@lrfind/core/schedules';
export type { ScheduleSpec } from '@lrfind/core/schedules';
export { parseSchedule } from '@lrfind/core/schedules';
export { printSchedule } from '@lrfind/core/schedules';
export type { StepEvent } from './engine/sweep.js';
export { type Spacing, spacings, sweepRates } from '@lrfind/core/sweep';
export { type TrainOptions, train } from './train.js';
export type { FitCallback } from './engine/callback-hooks.js';
export type { Journal, JournalEntry, JournalHeader } from '@lrfind/core/study';
export type { LearningRateChoice } from './study/resolve-rate.js';
export type { TrialOptions } from './study/trial-options.js';
export { CompareSettings, TrainSettings } from '@lrfind/core/study';
export type { Measures, Recipe, Training, Evaluation } from '@lrfind/core/results';
export { TrainingResult } from '@lrfind/core/results';
export { version } from '@lrfind/core';
