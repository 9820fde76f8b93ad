import { countText } from '../format.js';
import type { Schedule } from '../schedules/schedule.js';

/** A schedule counts as fitting a training if this share of one is within the other. */
const FITTING_SHARE = 0.95;

/** How a schedule and a training differ in length. */
export interface ScheduleUse {
  /** Share of the schedule that the training used; 1 where it used all. */
  readonly used: number;
  /** Steps that the training took after a schedule that had come down to its end. */
  readonly after: number;
  /** The same as a sentence without its full stop. */
  readonly note: string;
}

/**
 * How much of a schedule a training uses, where the two differ by more than a twentieth. A one-cycle of 1,000 steps in a
 * training of ten shows its first hundredth; one of ten steps in a training of 1,000 leaves 990 at a rate near 0.
 *
 * @param text what the note calls the schedule
 * @param length steps of the training
 * @returns null where they fit, where any length fits the schedule, and for a custom function
 *
 * @example
 * scheduleUse(resolveSchedule('one-cycle(0.1, steps=1000)'), 'one-cycle(0.1, steps=1000)', 10)?.used; // 0.01
 */
export function scheduleUse({ extent }: Schedule, text: string, length: number): ScheduleUse | null {
  if (!extent || length < 1) return null;
  const { steps: until, spent } = extent;
  const used = Math.min(1, length / until);
  if (used < FITTING_SHARE) {
    const share = used < 0.001 ? 'less than 0.1' : Number((100 * used).toPrecision(2));
    return {
      used,
      after: 0,
      note: `${text} is longer than the training: ${countText(length)} steps use ${share} % of it; steps=auto takes the length of the training`,
    };
  }
  const after = Math.max(0, length - 1 - Math.ceil(until));
  if (!spent || after <= (1 - FITTING_SHARE) * length) return null;
  return {
    used: 1,
    after,
    note: `${text} is shorter than the training: ${countText(after)} of the ${countText(length)} steps ran after its end; steps=auto takes the length of the training`,
  };
}
