// The documents in which results are stored: their schemas, types and one table of kinds.
export { Behind, ComparedSensitivity, Comparison, RankedTrial, TrialResult, TrialTraining } from './comparison.js';
export { CriticalRate } from './critical-rate.js';
export { CallbackUsed, Environment, OptimizerUsed, RateInterval } from './parts.js';
export {
  documentSchemas,
  formatOf,
  parseResult,
  type Result,
  type ResultKind,
  type ResultOf,
  resultKinds,
} from './registry.js';
export { isRisingMetric } from './rising-metric.js';
export { NumberRange, Search } from './search.js';
export { NeighbourCost, Sensitivity } from './sensitivity.js';
export {
  type CurveLocation,
  type CurvePoint,
  type Suggestion,
  type Sweep,
  SweepResult,
  type SweepStep,
  type SweptGroup,
} from './sweep.js';
export { ColumnDescription, Misfit, TableDescription, TargetDescription } from './table-description.js';
export {
  Evaluation,
  Measures,
  RatePoint,
  Recipe,
  RestoredWeights,
  Training,
  TrainingResult,
  TrainingSetup,
} from './training.js';
export { Gain, OutdoneSchedule, TriedRate, Verification } from './verification.js';
