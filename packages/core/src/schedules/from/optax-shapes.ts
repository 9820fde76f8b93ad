import { InputError } from '../../errors.js';
import type { ScheduleSpec } from '../schedule.js';

/**
 * A constant rate for `begin` steps, then the schedule from its own step 0. If `begin` is at most 0, the schedule
 * alone.
 */
export function after(begin: number, before: number, schedule: ScheduleSpec): ScheduleSpec {
  return begin > 0 ? { name: 'join', schedules: [before, schedule], at: [begin] } : schedule;
}

/** A polynomial from one rate to another; without steps, the first rate. */
export function line(from: number, to: number, steps: number, power = 1): ScheduleSpec {
  return steps > 0 ? { name: 'polynomial', rate: from, steps, end: to, power } : from;
}

/** optax's exponential_decay. */
export function exponential(
  from: number,
  o: { transition_steps: number; decay_rate: number; transition_begin: number; staircase: boolean; end_value?: number },
): ScheduleSpec {
  // optax ignores end_value when the decay is off.
  if (o.transition_steps <= 0 || o.decay_rate === 0) return from;
  const { end_value: bound } = o;
  const before = bound === undefined ? from : (o.decay_rate < 1 ? Math.max : Math.min)(from, bound);
  return after(o.transition_begin, before, {
    name: 'exponential',
    rate: from,
    steps: o.transition_steps,
    factor: o.decay_rate,
    staircase: o.staircase,
    bound,
  });
}

/**
 * optax's warmup_cosine_decay_schedule.
 *
 * @throws InputError when decay_steps, which include the warm-up, are not above warmup_steps
 */
export function warmedCosine(o: {
  init_value: number;
  peak_value: number;
  warmup_steps: number;
  decay_steps: number;
  end_value: number;
  exponent: number;
}): ScheduleSpec {
  const steps = o.decay_steps - o.warmup_steps;
  if (!(steps > 0)) {
    throw new InputError(
      `warmup_cosine_decay_schedule.decay_steps must be above warmup_steps, which it includes; got ${o.decay_steps} and ${o.warmup_steps}`,
    );
  }
  return {
    name: 'cosine',
    rate: o.peak_value,
    steps,
    alpha: o.peak_value === 0 ? 0 : o.end_value / o.peak_value,
    warmup: o.warmup_steps,
    start: o.init_value,
    exponent: o.exponent,
  };
}

/** Rates from running products of scales, and the steps at which they change. */
export function scaled(from: number, scales: Readonly<Record<string, number>> = {}): { at: number[]; rates: number[] } {
  const sorted = Object.entries(scales).sort(([a], [b]) => Number(a) - Number(b));
  const rates = [from];
  for (const [, scale] of sorted) rates.push((rates.at(-1) as number) * scale);
  return { at: sorted.map(([step]) => Number(step)), rates };
}

/** Interpolates between the rates at the boundaries; the last rate is then constant. */
export function interpolated(
  type: 'linear' | 'cosine',
  from: number,
  scales: Readonly<Record<string, number>> | undefined,
): ScheduleSpec {
  const { at, rates } = scaled(from, scales);
  const pieces = at.map((end, i) => {
    const [start, a, b] = [at[i - 1] ?? 0, rates[i] as number, rates[i + 1] as number];
    const shape =
      type === 'linear' || a === 0
        ? line(a, b, end - start)
        : { name: 'cosine', rate: a, steps: end - start, alpha: b / a };
    return { start, end, shape };
  });
  // No step falls into an empty piece.
  const used = pieces.filter(({ start, end }) => end > start);
  return {
    name: 'join',
    schedules: [...used.map(({ shape }) => shape), rates.at(-1) as number],
    at: used.map(({ end }) => end),
  };
}
