import { describe, expect, test } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import { near } from '../near.js';

describe('optax', () => {
  test('the step of a boundary has the later rate', () => {
    const parameters = { init_value: 1, boundaries_and_scales: { 3: 0.5, 10: 0.5 } };
    expect([2, 3, 9, 10].map(from.optax('piecewise_constant_schedule', parameters))).toEqual([1, 0.5, 0.5, 0.25]);
  });

  test('decay_steps includes the warm-up: the end comes at decay_steps', () => {
    const parameters = { init_value: 0, peak_value: 0.2, warmup_steps: 4, decay_steps: 14, end_value: 0.02 };
    const schedule = from.optax('warmup_cosine_decay_schedule', parameters);
    near(schedule(4), 0.2);
    expect(schedule(13)).toBeGreaterThan(0.0201);
    near(schedule(14), 0.02);
  });

  test('a polynomial without steps stays at its first value', () => {
    const parameters = { init_value: 0.1, end_value: 0, transition_steps: 0 };
    expect([0, 5].map(from.optax('linear_schedule', parameters))).toEqual([0.1, 0.1]);
  });

  test('an end_value bounds an exponential from below when it falls and from above when it rises', () => {
    const parameters = { init_value: 1, transition_steps: 1 };
    near(from.optax('exponential_decay', { ...parameters, decay_rate: 0.5, end_value: 0.2 })(9), 0.2);
    near(from.optax('exponential_decay', { ...parameters, decay_rate: 2, end_value: 3 })(9), 3);
  });

  test('a one-cycle ends at peak / (div · final_div), at transition_steps', () => {
    for (const name of ['linear_onecycle_schedule', 'cosine_onecycle_schedule']) {
      const schedule = from.optax(name, { transition_steps: 20, peak_value: 0.1 });
      near(schedule(6), 0.1);
      expect(schedule(20) / (0.1 / 25 / 1e4)).toBeCloseTo(1, 12);
    }
  });

  test('joined schedules count from their boundary, which belongs to the later', () => {
    const parameters = { schedules: [1, 'exponential(8, steps=1, factor=0.5)'], boundaries: [3] };
    expect([2, 3, 4].map(from.optax('join_schedules', parameters))).toEqual([1, 8, 4]);
  });
});
