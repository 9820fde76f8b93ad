import { mostSteps } from './options.js';
import { countText } from '../shared/terminal/numbers.js';
import type { NamedSchedule } from './sources.js';

/** How many steps are shown where nothing says how many there are. */
const unknown = 1000;

/** How many steps are shown, how long the training is that they show, and why. */
export interface StepsShown {
  readonly shown: number;
  readonly training: number;
  readonly why: string;
}

/** The steps that show all of the schedules: all of those that end and a little more, and a good part of those that do not. */
export function stepsShown(schedules: readonly NamedSchedule[]): StepsShown {
  const spans = schedules.flatMap(({ name, schedule: { span } }) => (span ? [{ name, ...span }] : []));
  const longest = spans.toSorted((a, b) => b.steps - a.steps)[0];
  if (!longest || longest.steps === 0) {
    return { shown: unknown, training: unknown, why: 'nothing says how long the training is' };
  }
  const training = Math.ceil(longest.steps);
  // Of what has ended a twentieth more, or at least the step after.
  const wanted = longest.ends ? Math.max(training + 2, Math.ceil(1.05 * longest.steps)) : Math.max(2, training);
  const endless = spans.find(({ ends }) => !ends);
  const reason = endless ? `${endless.name} has no end` : `the last schedule ends at step ${countText(longest.steps)}`;
  if (wanted <= mostSteps) return { shown: wanted, training, why: reason };
  return { shown: mostSteps, training, why: `${reason}, and no more can be shown` };
}
