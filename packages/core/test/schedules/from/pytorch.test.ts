import { describe, expect, test } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import { near } from '../near.js';

describe('pytorch', () => {
  test('the step of a milestone has the later rate', () => {
    const schedule = from.pytorch('MultiStepLR', { lr: 1, milestones: [3] });
    expect([2, 3].map(schedule)).toEqual([1, 0.1]);
  });

  test('a milestone that is named twice counts twice', () => {
    near(from.pytorch('MultiStepLR', { lr: 1, milestones: [3, 3], gamma: 0.5 })(3), 0.25);
  });

  test('ConstantLR holds its factor for total_iters steps, the last of which is the one before', () => {
    const schedule = from.pytorch('ConstantLR', { lr: 1, factor: 0.5, total_iters: 4 });
    expect([0, 3, 4].map(schedule)).toEqual([0.5, 0.5, 1]);
  });

  test('PolynomialLR ends at 0', () => {
    expect(from.pytorch('PolynomialLR', { lr: 1, total_iters: 4 })(4)).toBe(0);
  });

  test('CosineAnnealingLR rises again after T_max, to the whole rate at 2 · T_max', () => {
    const schedule = from.pytorch('CosineAnnealingLR', { lr: 0.1, T_max: 10, eta_min: 0.01 });
    near(schedule(10), 0.01);
    near(schedule(15), 0.055);
    near(schedule(20), 0.1);
  });

  test('CosineAnnealingWarmRestarts is at the whole rate at each restart, never at eta_min', () => {
    const schedule = from.pytorch('CosineAnnealingWarmRestarts', { lr: 0.1, T_0: 3, T_mult: 2, eta_min: 0.01 });
    for (const restart of [0, 3, 9, 21]) near(schedule(restart), 0.1);
    expect(Math.min(...Array.from({ length: 30 }, (_, step) => schedule(step)))).toBeGreaterThan(0.0101);
  });

  test('OneCycleLR is highest at pct_start · N − 1 and lowest at N − 1, with the momentum the other way', () => {
    const schedule = from.pytorch('OneCycleLR', { max_lr: 0.1, total_steps: 20 });
    near(schedule(0), 0.1 / 25);
    near(schedule(5), 0.1);
    near(schedule(19), 0.1 / 25 / 1e4);
    near(schedule.momentum?.(0) as number, 0.95);
    near(schedule.momentum?.(5) as number, 0.85);
    near(schedule.momentum?.(19) as number, 0.95);
  });

  test('OneCycleLR with three phases is back at the first rate at 2 · pct_start · N − 2', () => {
    const schedule = from.pytorch('OneCycleLR', { max_lr: 0.1, total_steps: 20, three_phase: true });
    near(schedule(5), 0.1);
    near(schedule(10), 0.1 / 25);
    near(schedule.momentum?.(10) as number, 0.95);
    near(schedule.momentum?.(15) as number, 0.95);
  });

  test('OneCycleLR is held past its end, where PyTorch raises an error', () => {
    const schedule = from.pytorch('OneCycleLR', { max_lr: 0.1, total_steps: 20 });
    expect(schedule(20)).toBe(schedule(19));
    expect(schedule(1000)).toBe(schedule(19));
  });

  test('OneCycleLR with pct_start · N = 1 begins at its highest rate, where PyTorch divides by zero', () => {
    const schedule = from.pytorch('OneCycleLR', { max_lr: 0.1, total_steps: 10, pct_start: 0.1 });
    near(schedule(0), 0.1);
    near(schedule(9), 0.1 / 25 / 1e4);
  });

  test('CyclicLR: triangular2 halves the height of each cycle and moves the momentum by as much', () => {
    const parameters = { base_lr: 0.1, max_lr: 0.3, step_size_up: 4, mode: 'triangular2' };
    const schedule = from.pytorch('CyclicLR', parameters);
    expect([0, 8, 16].map(schedule)).toEqual([0.1, 0.1, 0.1]);
    for (const [step, height] of [
      [4, 1],
      [12, 0.5],
      [20, 0.25],
    ] as const) {
      near(schedule(step), 0.1 + 0.2 * height);
      near(schedule.momentum?.(step) as number, 0.9 - 0.1 * height);
    }
  });

  test('CyclicLR: exp_range shrinks with the step, a scale_fn is given the number of the cycle from 1', () => {
    const cyclic = { base_lr: 0, max_lr: 1, step_size_up: 4 };
    near(from.pytorch('CyclicLR', { ...cyclic, mode: 'exp_range', gamma: 0.9 })(12), 0.9 ** 12);
    near(from.pytorch('CyclicLR', { ...cyclic, scale_fn: (cycle: number) => 1 / cycle })(12), 1 / 2);
  });

  test('SequentialLR: at a milestone the next scheduler begins at its own step 0', () => {
    const schedulers = [
      { name: 'ConstantLR', factor: 0.5, total_iters: 99 },
      { name: 'ExponentialLR', gamma: 0.5 },
    ];
    const schedule = from.pytorch('SequentialLR', { lr: 1, schedulers, milestones: [3] });
    expect([2, 3, 4].map(schedule)).toEqual([0.5, 1, 0.5]);
  });

  test('ChainedScheduler multiplies', () => {
    const schedulers = [
      { name: 'ConstantLR', factor: 0.5, total_iters: 2 },
      { name: 'ExponentialLR', gamma: 0.5 },
    ];
    const schedule = from.pytorch('ChainedScheduler', { lr: 1, schedulers });
    expect([0, 1, 2].map(schedule)).toEqual([0.5, 0.25, 0.25]);
  });

  test('MultiplicativeLR is first multiplied at step 1, and may be asked in any order', () => {
    const schedule = from.pytorch('MultiplicativeLR', { lr: 1, lr_lambda: (step: number) => 1 / (1 + step) });
    near(schedule(3), 1 / 24);
    expect([0, 1, 2].map(schedule)).toEqual([1, 1 / 2, 1 / 6]);
  });
});
