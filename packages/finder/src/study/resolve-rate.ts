import { InputError } from '@lrfind/core';
import { resolveSchedule, type Schedule, type ScheduleSpec, printSchedule } from '@lrfind/core/schedules';
import type { Recipe } from '@lrfind/core/results';

/** A rate, a schedule in any of its forms, or `'find'`: the rate that a sweep finds. */
export type LearningRateChoice = ScheduleSpec | 'find';

/** A learning rate that can be trained with. */
export interface ResolvedRate {
  readonly schedule: Schedule;
  /** As text: `0.01`, `cosine(0.1, steps=1000)`, or what a function is called. */
  readonly text: string;
  /** What a sweep had found, where it was left to one. */
  readonly found: Recipe['found'];
}

/** What a sweep comes to, as far as a training is concerned. */
export interface FoundRate {
  readonly suggestion: Recipe['found'];
  /** Why there is none. */
  readonly reason: string | null;
}

/**
 * Makes a schedule of what was chosen.
 *
 * @param find runs a sweep; called for `'find'` alone
 * @throws InputError for what is no schedule, and when the sweep has no suggestion
 */
export async function resolveRate(choice: LearningRateChoice, find: () => Promise<FoundRate>): Promise<ResolvedRate> {
  if (choice !== 'find') return { ...scheduleOf(choice), found: null };
  const { suggestion, reason } = await find();
  if (!suggestion) throw new InputError(`the sweep found no learning rate: ${reason}; give one`);
  const { learningRate, low, high, verdict } = suggestion;
  // Three digits say all that is known of it, and can be copied.
  return { ...scheduleOf(Number(learningRate.toPrecision(3))), found: { learningRate, low, high, verdict } };
}

/** A schedule and its text. */
export function scheduleOf(spec: ScheduleSpec): { readonly schedule: Schedule; readonly text: string } {
  const schedule = resolveSchedule(spec);
  const { config } = schedule;
  if (config) return { schedule, text: config.name === 'constant' ? String(config.rate) : printSchedule(config) };
  return { schedule, text: `function ${(spec as { name?: string }).name || 'of the step'}` };
}
