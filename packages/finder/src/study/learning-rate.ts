import { checksumOf, InputError } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import type { Recipe, SweepResult } from '@lrfind/core/results';
import {
  type PeakSchedule,
  printSchedule,
  resolveSchedule,
  type Schedule,
  type ScheduleSpec,
  scheduleToBeFound,
} from '@lrfind/core/schedules';
import { SweepOptions, suggestionMethods } from '@lrfind/core/sweep';
import { useWorkers } from '#workers';
import { search } from '../engine/search.js';
import type { Session } from '../engine/session.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import type { LearningRateChoice, TrainOptions } from '../options.js';

/** A learning rate to train with. */
export interface ResolvedRate {
  readonly schedule: Schedule;
  /** As text: `0.01`, `cosine(0.1, steps=1000)`, or the name of a function. */
  readonly text: string;
  /** What a search suggested, where the choice was left to it. */
  readonly suggestion: Recipe['suggestion'];
}

/** What a training needs to know of a search: its suggestion, or why there is none. */
export interface RateSuggestion {
  readonly suggestion: Recipe['suggestion'];
  readonly reason: SweepResult['reason'];
}

/** What sweeps took. */
export interface SweepCost {
  readonly steps: number;
  /** Wall time. */
  readonly seconds: number;
}

/** Searches for a constant rate, or for the peak of a schedule. */
export type Suggest = (schedule?: PeakSchedule) => Promise<RateSuggestion>;

/** A choice that leaves the rate to a search, as text: `find`, or `cosine(find)`; null for any other. */
export function foundText(choice: LearningRateChoice): string | null {
  return choice === 'find' ? choice : (scheduleToBeFound(choice)?.toBeFound ?? null);
}

/**
 * The schedule of a choice.
 *
 * @param suggest searches for a rate; called for `'find'`, and for a schedule whose rate is to be found
 * @param length steps of the training, for a schedule that leaves its own to it
 * @throws InputError for a choice that is no schedule, and when the search suggests no rate
 */
export async function resolveRate(
  choice: LearningRateChoice,
  suggest: Suggest,
  length?: number,
): Promise<ResolvedRate> {
  const peak = scheduleToBeFound(choice);
  if (choice !== 'find' && !peak) return { ...scheduleOf(choice, length), suggestion: null };
  // A warm-up may not fit into the training, which is better said before the search.
  const along = peak && length !== undefined ? (rate: number) => peak.at(rate, length) : null;
  along?.(1);
  const { suggestion, reason } = await suggest(peak ?? undefined);
  if (!suggestion) throw new InputError(`learningRate must be given, because the search found none: ${reason}`);
  // Three digits are all that is known of it, and can be copied by hand.
  const rate = Number(suggestion.learningRate.toPrecision(3));
  return { ...scheduleOf(along ? along(rate) : rate, length), suggestion };
}

/**
 * A schedule and its text.
 *
 * @param length steps of the training
 */
export function scheduleOf(spec: ScheduleSpec, length?: number): Pick<ResolvedRate, 'schedule' | 'text'> {
  const schedule = resolveSchedule(spec, length);
  const { config } = schedule;
  if (config) return { schedule, text: config.name === 'constant' ? String(config.rate) : printSchedule(config) };
  return { schedule, text: `function ${(spec as { name?: string }).name || 'of the step'}` };
}

/**
 * Searches for a rate with the default options, on the training rows alone: validation rows must have no part in choosing
 * the rate.
 */
export async function suggestRate(
  session: Session,
  optimizer: ResolvedOptimizer,
  given: { readonly batchSize: number; readonly seed: number },
  { onSearchStep, signal }: Pick<TrainOptions, 'onSearchStep' | 'signal'>,
): Promise<RateSuggestion & { readonly cost: SweepCost }> {
  const settings = resolveOptions(SweepOptions, given);
  const { conclusions, steps, seconds } = await search(session, optimizer, {
    settings,
    methods: suggestionMethods,
    onStep: (step) => onSearchStep?.({ ...step, group: null, part: 0, parts: 1 }),
    // The trials that follow take more steps than the sweeps.
    onPace: (pace, checking) => useWorkers(session, pace * 2 * settings.steps * settings.repeats, checking),
    signal,
  });
  const { suggestion, reason } = conclusions;
  const cost = { steps, seconds };
  if (!suggestion) return { suggestion, reason, cost };
  const { learningRate, low, high, verdict } = suggestion;
  return { suggestion: { learningRate, low, high, verdict }, reason, cost };
}

/**
 * Identifies a schedule: by its text, and a function, whose text says little, by its first rates too. A rate that is to be found is
 * identified by what it is for.
 *
 * @param length steps of the training
 */
export function rateSignature(learningRate: LearningRateChoice, length: number): string {
  const found = foundText(learningRate);
  // The best peak depends on the length of the schedule.
  if (found !== null) return found === 'find' ? found : `${found}, ${length} steps`;
  const { schedule, text } = scheduleOf(learningRate as ScheduleSpec, length);
  if (schedule.config) return text;
  return `${text}, ${checksumOf([Float32Array.from({ length: 1000 }, (_, step) => schedule(step))])}`;
}
