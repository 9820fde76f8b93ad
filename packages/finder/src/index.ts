// Training and what belongs to it: the three stories, and models, losses, metrics, optimizers and callbacks.

export { checkWorkers, prepareWorkers } from '#workers';
export { comparedCallback, type TrialCallback } from './callbacks/compared-callback.js';
export { type EarlyStoppingState, earlyStopping } from './callbacks/early-stopping.js';
export { learningRateMonitor, type MonitorState, type RecordedRate } from './callbacks/learning-rate-monitor.js';
export {
  type CallbackSchedule,
  learningRateScheduler,
  type SchedulerState,
} from './callbacks/learning-rate-scheduler.js';
export { parseCallback } from './callbacks/parse-callback.js';
export { type ReduceLROnPlateauState, reduceLROnPlateau } from './callbacks/reduce-lr-on-plateau.js';
export { type CallbackKind, type CallbackText, type ComparedCallback, callbackKinds } from './callbacks/registry.js';
export { type TerminateOnNaNState, terminateOnNaN } from './callbacks/terminate-on-nan.js';
export { readLog, type TrainingLogs, trainingCallback } from './callbacks/training-callback.js';
export { type WarmUpState, warmUp } from './callbacks/warm-up.js';
export { compare } from './compare.js';
export type { BatchStream, StreamBatch } from './engine/batch-stream.js';
export type { FitCallback } from './engine/callback-hooks.js';
export type { Checkpoint } from './engine/checkpoint.js';
export type { TrainingStepEvent } from './engine/fit.js';
export type { StepEvent } from './engine/search-groups.js';
export type { ArrayData, Arrays } from './engine/to-dataset.js';
export type { SessionCopy } from './engine/workers/session-copy.js';
export type { SentTrials, TrialRunner } from './engine/workers/trial-runner.js';
export { findLearningRate } from './find.js';
export { type FinderState, type FoundRate, learningRateFinder } from './learning-rate-finder.js';
export type { ClassWeights } from './losses/class-weights.js';
export { type CompiledSettings, compiledSettings } from './losses/compiled-settings.js';
export { type DescribeForModelOptions, describeTable } from './losses/describe-table.js';
export { type EncodedModelTable, type EncodeForModelOptions, encodeTable } from './losses/encode-table.js';
export type { LossFunction, LossKind, LossParameters } from './losses/loss.js';
export { losses, lossNamed, lossNames } from './losses/registry.js';
export { type LossList, type LossOption, type LossWeights, namedLosses } from './losses/resolve.js';
export {
  isMetricFor,
  type MeanMeasure,
  type MeasuredRows,
  type MetricKind,
  metricKinds,
  type SumsMeasure,
} from './metrics.js';
export { assertModel, modelShape } from './model/describe.js';
export type {
  ModelFile,
  ModelFormat,
  OptimizerVariables,
  ReadModelOptions,
  TrainingConfig,
} from './model/formats/format.js';
export { checkSavableForKeras, type KerasFileFormat, serializeForKeras } from './model/formats/keras/save/file.js';
export { loadWeightFile } from './model/formats/named-weights.js';
export { modelFormats, modelParts, readModel } from './model/formats/registry.js';
export { checkSavable, type SavedModel, serializeModel } from './model/formats/tfjs/save.js';
export { inTargetUnits } from './model/in-target-units.js';
export type { InitialWeights } from './model/initial-weights.js';
export { scalingLayers } from './model/input-consumers.js';
export { layersWithin } from './model/layers-within.js';
export { registerLayers } from './model/register-layers.js';
export { stockLayers } from './model/stock-layers.js';
export { optimizerFromTfjs } from './optimizers/from-tfjs.js';
export { type FoundOptimizer, optimizerFromTrainingConfig } from './optimizers/from-training-config.js';
export { learningRateOf, setLearningRate } from './optimizers/learning-rate.js';
export { defaultOptimizer, type OptimizerOption, requireRate } from './optimizers/model-optimizer.js';
export { type OptimizerOptions, optimizer } from './optimizers/optimizer.js';
export type { OptimizerState } from './optimizers/optimizer-state.js';
export {
  type OptimizerSpec,
  optimizerNamed,
  optimizers,
  optimizerText,
  type ParameterValue,
  type ResolvedOptimizer,
  resolveOptimizer,
} from './optimizers/registry.js';
export type { LearningRate, RuleOptimizer } from './optimizers/rule-optimizer.js';
export type { NamedTensor } from './optimizers/rule-state.js';
export { type SavedOptimizer, savedOptimizer } from './optimizers/saved-optimizer.js';
export { setMomentum } from './optimizers/set-momentum.js';
export type {
  MovingWeight,
  Named,
  OptimizerCode,
  OptimizerKind,
  SlotStart,
  TensorsOf,
  UpdateRule,
} from './optimizers/update-rule.js';
export type {
  CompareOptions,
  ComparisonEvent,
  FindOptions,
  LearningRateChoice,
  SearchOptions,
  TrainOptions,
  TrialOptions,
  TryEvent,
} from './options.js';
export { type NetKind, nets, type PlainNet } from './plain/nets.js';
export { type PlainModel, type PlainModelOptions, plainModel } from './plain/plain-model.js';
export { type CopiedTrials, copiedTrials } from './study/copied-trials.js';
export { train } from './train.js';
