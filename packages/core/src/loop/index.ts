// A learning rate for any training loop: the search over a function that trains one batch, and the analysis of losses that another
// program has recorded. A bundle of this has no package in it.
export { analyseLosses, type RecordedLoss } from './analyse-losses.js';
export type { LoopFunctions, LoopSignal, LoopStep } from './black-box.js';
export { findRate } from './find-rate.js';
export {
  declared as declaredLoopOptions,
  type LoopOptions,
  type LoopSettings,
  type LoopStepEvent,
  type LoopTryEvent,
  type ReadingOptions,
} from './loop-options.js';
