import { InputError, shownValue, unknownOption } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { Recipe } from '@lrfind/core/results';
import type { ScheduleSpec } from '@lrfind/core/schedules';
import {
  asynchronousRungs,
  type CallbackConfig,
  CompareSettings,
  evaluationSteps,
  rateHistory,
  rungs,
  type TrainingLength,
  trialNames,
} from '@lrfind/core/study';
import { checkGroups, checkSeeds } from '@lrfind/core/sweep';
import { callbackText } from '../callbacks/compared-callback.js';
import type { Session } from '../engine/session.js';
import { assertData } from '../engine/to-dataset.js';
import { rowsPerEpoch } from '../engine/training-loop.js';
import { assertModel } from '../model/describe.js';
import { chosenRate, type ModelOptimizer, resolveModelOptimizer } from '../optimizers/model-optimizer.js';
import { optimizerConfig, optimizerText } from '../optimizers/registry.js';
import type { CompareOptions, LearningRateChoice, TrialOptions } from '../options.js';
import { foundText, type ResolvedRate, scheduleOf } from './learning-rate.js';
import { callbacksUsed, planCallbacks } from './plan-callbacks.js';

/** A trial whose model, optimizer and batches are known; its rate may still have to be searched for. */
export interface PlannedTrial {
  readonly name: string;
  readonly session: Session;
  readonly optimizer: ModelOptimizer;
  readonly batchSize: number;
  readonly learningRate: LearningRateChoice;
  readonly callbacks: readonly CallbackConfig[];
  /** Steps after which it is evaluated: more of them, the smaller its batches. */
  readonly evaluateAt: readonly number[];
}

/** A trial that is ready to be trained. */
export type RatedTrial = PlannedTrial & ResolvedRate;

/** Every option of a trial. */
const TRIAL_KEYS = [
  'learningRate',
  'optimizer',
  'batchSize',
  'callbacks',
  'model',
  'data',
  'validation',
  'test',
  'name',
] satisfies (keyof TrialOptions)[];

/**
 * Checks the options of a comparison that need no model.
 *
 * @throws InputError for an option that is unknown, out of range or contradicts another, and for an entry of `trials` that
 *   is no trial
 */
export function resolveComparison(
  { trials, search, validation }: Pick<CompareOptions, 'trials' | 'search' | 'validation'>,
  given: Partial<CompareSettings>,
): CompareSettings {
  const settings = resolveOptions(CompareSettings, given);
  checkSeeds(settings);
  checkGroups(settings.groups);
  if (given.epochs !== undefined && given.steps !== undefined)
    throw new InputError(`epochs must be left out where steps are given; got ${given.epochs} and ${given.steps}`);
  if (search !== undefined && trials !== undefined)
    throw new InputError('trials must be left out where a search draws them; got both');
  if (search === undefined && (!Array.isArray(trials) || trials.length === 0))
    throw new InputError(
      `trials must be a list of at least one trial, such as { learningRate: 0.01 }; got ${shownValue(trials)}`,
    );
  if (settings.validationSplit === 0 && !validation)
    throw new InputError(
      'validationSplit must be above 0 without validation rows, because trials are ranked by their loss on validation rows; got 0',
    );
  for (const [i, trial] of (trials ?? []).entries()) {
    if (typeof trial !== 'object' || trial === null)
      throw new InputError(`trials[${i}] must be an object such as { learningRate: 0.01 }; got ${shownValue(trial)}`);
    const unknown = Object.keys(trial).find((option) => !(TRIAL_KEYS as string[]).includes(option));
    if (unknown !== undefined) throw new InputError(`trials[${i}]: ${unknownOption(unknown, TRIAL_KEYS).message}`);
    const { model, data, validation: own, test } = trial as TrialOptions;
    if (model !== undefined) assertModel(model, `trials[${i}].model`);
    if (data !== undefined) assertData(data, `trials[${i}].data`);
    if (own !== undefined) assertData(own, `trials[${i}].validation`);
    if (test !== undefined) assertData(test, `trials[${i}].test`);
  }
  return settings;
}

/**
 * Plans the trials of a comparison and names them.
 *
 * @param sessions one for each trial
 * @throws InputError for an unknown optimizer, schedule or callback, a batch size that is none, two trials of one name, and too few
 *   evaluations for halving
 */
export function planTrials(
  trials: readonly TrialOptions[],
  sessions: readonly Session[],
  { optimizer: defaultOptimizer, callbacks: defaultCallbacks = [] }: Pick<CompareOptions, 'optimizer' | 'callbacks'>,
  settings: CompareSettings,
): PlannedTrial[] {
  const plans = trials.map((trial, i) => {
    const session = sessions[i] as Session;
    const { batchSize } = resolveOptions(CompareSettings, { batchSize: trial.batchSize ?? settings.batchSize });
    const named = resolveModelOptimizer(trial.optimizer ?? defaultOptimizer, session.model);
    const { learningRate, optimizer } = chosenRate(trial.learningRate, named);
    const evaluateAt = evaluationsOf(session, batchSize, settings);
    const called =
      trial.callbacks === undefined
        ? { specs: defaultCallbacks, option: 'callbacks' }
        : { specs: trial.callbacks, option: `trials[${i}].callbacks` };
    const callbacks = planCallbacks(called, {
      trial: i,
      session,
      learningRate,
      length: evaluateAt.at(-1) as number,
      settings,
    });
    return { session, optimizer, batchSize, learningRate, callbacks, evaluateAt };
  });
  const allFound = trials.every(({ learningRate }) => learningRate === 'find');
  const rateNameOf = ({ learningRate, evaluateAt }: (typeof plans)[0], i: number) => {
    if (trials[i]?.learningRate !== 'find') return rateName(learningRate, evaluateAt.at(-1) as number);
    return allFound || learningRate === 'find' ? 'found rate' : 'own rate';
  };
  const parts = plans.map((plan, i) => ({
    model: plan.session.model.name,
    optimizer: optimizerText(plan.optimizer),
    learningRate: rateNameOf(plan, i),
    callbacks: plan.callbacks.map(callbackText).join(' + '),
    batchSize: `batch ${plan.batchSize}`,
  }));
  const names = trialNames(
    parts,
    trials.map(({ name }) => name),
  );
  const evaluations = plans[0]?.evaluateAt.length ?? 0;
  if (settings.halving === 'asynchronous') asynchronousRungs(plans.length, evaluations);
  else if (settings.halving) rungs(plans.length, evaluations);
  return plans.map((plan, i) => ({ name: names[i] as string, ...plan }));
}

function evaluationsOf({ data }: Session, batchSize: number, length: TrainingLength): number[] {
  return evaluationSteps(length, Math.ceil(rowsPerEpoch(data) / batchSize));
}

/** The part of a trial's name that says its rate. */
function rateName(learningRate: LearningRateChoice, length: number): string {
  const found = foundText(learningRate);
  if (found !== null) return found === 'find' ? 'found rate' : found;
  const { schedule, text } = scheduleOf(learningRate as ScheduleSpec, length);
  // Four digits distinguish rates that were written by hand; a computed one has sixteen.
  return schedule.config?.name === 'constant' ? `lr ${Number(Number(text).toPrecision(4))}` : text;
}

/**
 * How a trial is trained, for the result.
 *
 * @param rates of its first training, where callbacks set them
 */
export function recipeOf(
  { text, suggestion, optimizer, batchSize, callbacks, schedule, evaluateAt }: RatedTrial,
  rates: Recipe['rates'] | undefined,
): Recipe {
  const scheduled = () => Array.from({ length: evaluateAt.at(-1) as number }, (_, step) => schedule(step));
  return {
    learningRate: text,
    suggestion,
    optimizer: optimizerConfig(optimizer),
    batchSize,
    ...(callbacks.length > 0 && { callbacks: callbacksUsed(callbacks) }),
    rates: rates ?? rateHistory(scheduled()),
  };
}
