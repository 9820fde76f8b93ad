import { countText } from '@lrfind/core';
import { named } from '../shared/flags.js';
import { MOST_STEPS } from './options.js';
import type { NamedSchedule } from './sources.js';

/** Schedules with their rates at every step of a training. */
export interface Preview {
  /** The steps are 0 to `steps − 1`. */
  readonly steps: number;
  readonly schedules: readonly PreviewedSchedule[];
}

/** A schedule with its value at every step. */
export interface PreviewedSchedule extends NamedSchedule {
  readonly rates: readonly number[];
  /** Only for a schedule that sets the momentum. */
  readonly momenta?: readonly number[];
}

/**
 * Computes every step of every schedule.
 *
 * @throws InputError where a rate is not finite, because the schedule grows without limit
 */
export function preview(schedules: readonly NamedSchedule[], steps: number): Preview {
  const all = (of: (step: number) => number) => Array.from({ length: steps }, (_, step) => of(step));
  return {
    steps,
    schedules: schedules.map(({ name, schedule }) =>
      named(name, () => ({
        name,
        schedule,
        rates: all(schedule),
        ...(schedule.momentum && { momenta: all(schedule.momentum) }),
      })),
    ),
  };
}

/** Steps shown where no schedule has an end. */
const DEFAULT_STEPS = 1000;

/** How many steps to show, the length of the training that they show, and why. */
export interface StepsShown {
  readonly shown: number;
  readonly training: number;
  readonly why: string;
}

/** Enough steps for all schedules: to the end and a little more, and a good part of those without an end. */
export function stepsShown(schedules: readonly NamedSchedule[]): StepsShown {
  const spans = schedules.flatMap(({ name, schedule: { span } }) => (span ? [{ name, ...span }] : []));
  const longest = spans.toSorted((a, b) => b.steps - a.steps)[0];
  if (!longest || longest.steps === 0)
    return { shown: DEFAULT_STEPS, training: DEFAULT_STEPS, why: 'no schedule has a length' };
  const training = Math.ceil(longest.steps);
  // Of a schedule that ends a twentieth more, or at least the step after its end.
  const needed = longest.ends ? Math.max(training + 2, Math.ceil(1.05 * longest.steps)) : Math.max(2, training);
  const endless = spans.find(({ ends }) => !ends);
  const why = endless ? `${endless.name} has no end` : `the last schedule ends at step ${countText(longest.steps)}`;
  if (needed <= MOST_STEPS) return { shown: needed, training, why };
  return { shown: MOST_STEPS, training, why: `${why}, which is more than can be shown` };
}

/** Round step numbers from 0 to the last, evenly spaced, at most six. */
export function roundSteps(last: number): number[] {
  // Fewer than six strides fit: five and a part of one.
  const rough = last / 5.999;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = [1, 2, 5].find((candidate) => candidate * power >= rough) ?? 10;
  const stride = Math.max(1, Math.round(lead * power));
  return Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => i * stride);
}
