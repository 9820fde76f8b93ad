// The names, in the order in which a reader meets them. Files are read by '@lrfind/finder/files'.
export { BackendError, type BackendInfo, useBackend } from '@lrfind/backends';

export { resolveMethods, suggestionMethods } from './analysis/suggest/index.js';
export type { SmoothedCurve, SuggestionMethod } from './analysis/suggest/method.js';
export type { DataBlock, DataSource } from './data/data-source.js';
export { type EncodedTable, type EncodeOptions, encodeTable } from './data/encode/encode-table.js';
export type { Task } from './data/encode/encode-targets.js';
export type { ArrayData } from './data/from-tensors.js';
export type { Table } from './data/table/table.js';
export { InputError, nearest } from './errors.js';
export { type FindOptions, findLearningRate } from './find-learning-rate.js';
export type { LossFunction } from './losses/loss-function.js';
export { type LossName, lossNames, resolveLossName } from './losses/loss-table.js';
export { type LossOption, type ResolvedLosses, resolveLosses } from './losses/resolve-losses.js';
export { modelShape } from './model/model-shape.js';
export { optimizerFromTfjs } from './optimizers/from-tfjs.js';
export { type FoundOptimizer, optimizerFromTrainingConfig } from './optimizers/from-training-config.js';
export { type OptimizerSpec, optimizers, type ResolvedOptimizer, resolveOptimizer } from './optimizers/index.js';
export { defaultOptimizer } from './optimizers/model-optimizer.js';
export type { Named, OptimizerKind, UpdateRule } from './optimizers/update-rule.js';
export { allowed, checkRange, choice, resolveOptions, SweepOptions } from './options.js';
export type { CurvePoint, Place, SeedRun, StepPoint, Suggestion } from './result.js';
export { Run } from './result.js';
export type { StepEvent } from './sweep.js';
export { type Spacing, spacings, sweepRates } from './sweep-rates.js';
export { version } from './version.js';
