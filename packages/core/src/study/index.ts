// A study: trials as JSON, how they are run and pruned, and how they are ranked.
export { asynchronousRungs } from './asynchronous-halving.js';
export { callbackNotes } from './callback-notes.js';
export { CallbackState } from './callback-state.js';
export { type CheckpointHeader, checkTrainingCheckpoint, TrainingCheckpoint } from './checkpoint.js';
export { comparedSensitivity, comparedSensitivityTexts } from './compared-sensitivity.js';
export { conclude } from './conclusions.js';
export { evaluationSteps, lowestEvaluation, measures, type TrainingLength } from './evaluations.js';
export { evaluationsToTake } from './evaluations-to-take.js';
export { doubtfulRate, gainOf, nothingToGain } from './gain.js';
export { halvingNotes } from './halving-notes.js';
export {
  type CompletedEntry,
  checkJournalEntry,
  type Journal,
  type JournalEntry,
  type JournalHeader,
  journalKinds,
  type PausedAt,
  type ScheduledEntry,
  type StoredEntry,
  type StoredState,
  type SuggestedEntry,
  type TrainedEntry,
} from './journal.js';
export { CompareSettings, TrainSettings } from './options.js';
export { pairedDifference, pairedDifferences } from './paired-differences.js';
export { type Rung, rungs } from './pruning.js';
export { type RankedSchedules, rankSchedules } from './rank-schedules.js';
export { endMeasures, type Rankable, rank } from './ranking.js';
export { rateHistory } from './rate-history.js';
export { runTrials, stepsToTake, type TrialPlan, type TrialsOutcome } from './run-trials.js';
export { type ScheduleUse, scheduleUse } from './schedule-use.js';
export { schedulesText } from './schedules-text.js';
export {
  type Configuration,
  checkRange,
  configurationsIn,
  parseRange,
  powersOfTwo,
  randomSampler,
  type Sampler,
  type SearchSpace,
} from './search-space.js';
export { sensitivityOf, sensitivityText, type TrainedRate, triedSensitivity } from './sensitivity.js';
export { studyProgress } from './study-progress.js';
export { testMeasures } from './test-measures.js';
export { tpeSampler } from './tpe-sampler.js';
export type { DrawnTrials, PartRunner, Trial } from './training-progress.js';
export {
  TRANSFER_LIMITS,
  type TrainingChange,
  type TransferredRate,
  transferOptimizers,
  transferRate,
} from './transfer-rate.js';
export {
  type AbortSignalLike,
  type CallbackConfig,
  type Executor,
  fromSavedState,
  type PausedTrial,
  type Reference,
  type RunOptions,
  type SavedState,
  type StepState,
  TrialFailure,
  type TrialOutcome,
  type TrialRecipe,
  type TrialSpec,
  toSavedState,
} from './trial.js';
export { type TrialParts, trialNames } from './trial-names.js';
export {
  RATE_SPACING_DECADES,
  type TriedRates,
  type TryPlan,
  tryRates,
  VERIFICATION_SEEDS,
  verificationCost,
  verificationLength,
  verificationSteps,
} from './try-rates.js';
export { verificationText } from './verification-text.js';
export { type VerifiedRate, verifiedRate } from './verified-rate.js';
export { stepsOfWholeSchedules, wholeSchedules } from './whole-schedules.js';
export { WorkerOptions, type Workers } from './worker-options.js';
