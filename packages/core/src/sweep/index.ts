// A learning-rate search: the rates of a sweep, when it stops, and the analysis of its losses.
export { analyse, type Conclusions } from './analyse.js';
export { type CombinedCurve, combine, curvePoints } from './combined-curve.js';
export { confidence } from './confidence.js';
export { type CriticalRateFound, criticalRate, MOST_PASSES } from './critical-rate.js';
export { type Descent, descentOf } from './descent.js';
export { diagnose } from './diagnose.js';
export { divergenceRate, divergenceRule, type EarlyStop } from './divergence.js';
export { type GroupRate, groupRates, groupsToTry } from './group-rates.js';
export { type IntendedTraining, intendedSteps, peakSchedules } from './intended-training.js';
export { type MovedRange, movedRange, movesNote } from './moved-range.js';
export { checkRange, checkSeeds, SweepOptions } from './options.js';
export { checkGroups, groupFlag, type RateGroups } from './rate-groups.js';
export { type Spacing, spacings, sweepRates } from './rates.js';
export { slopePerDecade } from './slope.js';
export { smooth } from './smooth.js';
export type { SmoothedCurve, SuggestionMethod, SweepContext } from './suggest/method.js';
export { resolveMethods, suggestionMethods } from './suggest/registry.js';
export { usableRange } from './usable-range.js';
