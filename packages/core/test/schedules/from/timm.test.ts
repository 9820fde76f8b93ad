import { describe, expect, test } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import { near } from '../near.js';

describe('timm', () => {
  test('without warmup_prefix the cosine has been running since step 0, so that the rate drops at once', () => {
    const schedule = from.timm('CosineLRScheduler', { lr: 1, t_initial: 8, warmup_t: 4 });
    near(schedule(2), 0.5);
    near(schedule(3), 0.75);
    near(schedule(4), 0.5);
  });

  test('with warmup_prefix the cosine begins after the warm-up', () => {
    const schedule = from.timm('CosineLRScheduler', { lr: 1, t_initial: 8, warmup_t: 4, warmup_prefix: true });
    near(schedule(4), 1);
    near(schedule(8), 0.5);
  });

  test('only tanh warms up to where its curve has got to', () => {
    const schedule = from.timm('TanhLRScheduler', { lr: 1, t_initial: 10, warmup_t: 8 });
    const curve = (t: number) => 0.5 * (1 - Math.tanh(-7 * (1 - t / 10) + 3 * (t / 10)));
    near(schedule(4), curve(8) / 2);
    near(schedule(8), curve(8));
  });

  test('after cycle_limit cycles the rate is lr_min', () => {
    const parameters = { lr: 1, t_initial: 4, lr_min: 0.1, cycle_limit: 2 };
    for (const name of ['CosineLRScheduler', 'PolyLRScheduler', 'TanhLRScheduler']) {
      const schedule = from.timm(name, parameters);
      expect(schedule(4)).toBeGreaterThan(0.99);
      expect([8, 9, 99].map(schedule)).toEqual([0.1, 0.1, 0.1]);
    }
  });

  test('a milestone acts one step early', () => {
    const schedule = from.timm('MultiStepLRScheduler', { lr: 1, decay_t: [5], decay_rate: 0.1 });
    expect([3, 4].map(schedule)).toEqual([1, 0.1]);
  });

  test('step and multistep count from the end of the warm-up by default', () => {
    const parameters = { lr: 1, decay_t: 3, decay_rate: 0.1, warmup_t: 2 };
    expect([2, 4, 5].map(from.timm('StepLRScheduler', parameters))).toEqual([1, 1, 0.1]);
  });
});
