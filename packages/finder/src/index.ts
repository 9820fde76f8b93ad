// The names, in the order in which a reader meets them. Files are read by '@lrfind/finder/files'.
export { BackendError, type BackendInfo, useBackend } from '@lrfind/backends';

export { resolveMethods, suggestionMethods } from './analysis/suggest/index.js';
export type { SmoothedCurve, SuggestionMethod } from './analysis/suggest/method.js';
export { type EarlyStoppingState, earlyStopping } from './callbacks/early-stopping.js';
export { type CallbackKind, callbackKinds } from './callbacks/index.js';
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
export { lowestPoint } from './comparison/lowest-point.js';
export { mean } from './comparison/moments.js';
export type { Behind, ComparedRun, Standing } from './comparison-result.js';
export { Comparison } from './comparison-result.js';
export type { DataBlock, DataSource } from './data/data-source.js';
export { type EncodedTable, type EncodeOptions, encodeTable } from './data/encode/encode-table.js';
export type { Task } from './data/encode/encode-targets.js';
export type { ArrayData } from './data/from-tensors.js';
export type { Table, TableLayout } from './data/table/table.js';
export { InputError, nearest } from './errors.js';
export { type FindOptions, findLearningRate } from './find-learning-rate.js';
export type { LossFunction } from './losses/loss-function.js';
export { type LossName, lossNames, resolveLossName } from './losses/loss-table.js';
export { type LossOption, type ResolvedLosses, resolveLosses } from './losses/resolve-losses.js';
export { metricKinds } from './metrics/index.js';
export { modelShape } from './model/model-shape.js';
export { optimizerFromTfjs } from './optimizers/from-tfjs.js';
export { type FoundOptimizer, optimizerFromTrainingConfig } from './optimizers/from-training-config.js';
export {
  type OptimizerSpec,
  optimizerNamed,
  optimizers,
  type ResolvedOptimizer,
  resolveOptimizer,
} from './optimizers/index.js';
export { learningRateOf, setLearningRate } from './optimizers/learning-rate.js';
export { defaultOptimizer } from './optimizers/model-optimizer.js';
export { type OptimizerOptions, optimizer } from './optimizers/optimizer.js';
export type { LearningRate, RuleOptimizer } from './optimizers/rule-optimizer.js';
export type { NamedTensor } from './optimizers/rule-state.js';
export { setMomentum } from './optimizers/set-momentum.js';
export type { Named, OptimizerKind, UpdateRule } from './optimizers/update-rule.js';
export { allowed, checkRange, choice, resolveOptions, SweepOptions } from './options.js';
export type { CurvePoint, Place, SeedRun, StepPoint, Suggestion } from './result.js';
export { Run } from './result.js';
export { from, type MakeForeign } from './schedules/from/index.js';
export { scheduleKinds } from './schedules/index.js';
export { resolveSchedule } from './schedules/resolve-schedule.js';
export type { Schedule, ScheduleConfig, ScheduleSpan } from './schedules/schedule.js';
export type { ScheduleKind } from './schedules/schedule-kind.js';
export type { ScheduleSpec } from './schedules/schedule-spec.js';
export { parseSchedule } from './schedules/text/parse.js';
export { printSchedule } from './schedules/text/print.js';
export type { StepEvent } from './sweep.js';
export { type Spacing, spacings, sweepRates } from './sweep-rates.js';
export { type TrainOptions, train } from './train.js';
export type { FitCallback } from './training/callback-hooks.js';
export type { Journal, JournalEntry, JournalHeader } from './training/journal.js';
export type { LearningRateChoice } from './training/resolve-rate.js';
export type { RunSpec } from './training/run-spec.js';
export { CompareSettings, TrainSettings } from './training-options.js';
export type { Measures, Recipe, Training, TrainingPoint } from './training-result.js';
export { TrainingRun } from './training-result.js';
export { version } from './version.js';
