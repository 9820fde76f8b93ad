import { describe, expect, test } from 'vitest';
import { from } from '../../src/schedules/from/index.js';
import { resolveSchedule } from '../../src/schedules/resolve-schedule.js';

const near = (value: number, expected: number) => expect(value).toBeCloseTo(expected, 14);

describe('keras', () => {
  test('the step of a boundary belongs to the earlier value', () => {
    const schedule = from.keras('PiecewiseConstantDecay', { boundaries: [1000, 2000], values: [0.3, 1, 0.5] });
    expect([999, 1000, 1001, 2000, 2001].map(schedule)).toEqual([0.3, 0.3, 1, 1, 0.5]);
  });

  test('decay_steps leaves the warm-up out: the end comes after both', () => {
    const parameters = { initial_learning_rate: 0, decay_steps: 10, alpha: 0.1, warmup_target: 0.2, warmup_steps: 4 };
    const schedule = from.keras('CosineDecay', parameters);
    near(schedule(4), 0.2);
    expect(schedule(13)).toBeGreaterThan(0.0201);
    near(schedule(14), 0.02);
  });

  test('the warm-up starts at the initial rate and its floor is a share of the target', () => {
    const parameters = { initial_learning_rate: 0.1, decay_steps: 10, alpha: 0.5, warmup_target: 0.2, warmup_steps: 4 };
    const schedule = from.keras('CosineDecay', parameters);
    near(schedule(0), 0.1);
    near(schedule(2), 0.15);
    near(schedule(99), 0.1);
  });

  test('warmup_steps without warmup_target does nothing', () => {
    const bare = { initial_learning_rate: 0.1, decay_steps: 10 };
    const [with_, without] = [{ ...bare, warmup_steps: 5 }, bare].map((given) => from.keras('CosineDecay', given));
    for (let step = 0; step < 12; step++) expect(with_?.(step)).toBe(without?.(step));
  });

  test('a cosine stays at its end', () => {
    const schedule = from.keras('CosineDecay', { initial_learning_rate: 0.1, decay_steps: 10 });
    expect([10, 11, 20].map(schedule)).toEqual([0, 0, 0]);
  });

  test('a cycling polynomial has the end at a multiple of decay_steps and jumps up one step later', () => {
    const parameters = { initial_learning_rate: 0.1, decay_steps: 5, end_learning_rate: 0.02, cycle: true };
    const schedule = from.keras('PolynomialDecay', parameters);
    near(schedule(0), 0.1);
    near(schedule(5), 0.02);
    near(schedule(6), 0.08 * (1 - 6 / 10) + 0.02);
    near(schedule(10), 0.02);
  });

  test('a polynomial ends at 1e-4 and not at 0 where nothing is said', () => {
    near(from.keras('PolynomialDecay', { initial_learning_rate: 0.1, decay_steps: 5 })(5), 1e-4);
  });

  test('m_mul lowers the tops of the restarts and leaves the floor', () => {
    const parameters = { initial_learning_rate: 0.1, first_decay_steps: 4, t_mul: 1, m_mul: 0.5, alpha: 0.2 };
    const schedule = from.keras('CosineDecayRestarts', parameters);
    near(schedule(4), 0.1 * (0.8 * 0.5 + 0.2));
    near(schedule(8), 0.1 * (0.8 * 0.25 + 0.2));
    expect(schedule(3.999999)).toBeLessThan(0.02 + 1e-9);
    expect(schedule(7.999999)).toBeLessThan(0.02 + 1e-9);
  });

  test.each([2, 3, 5, 1.5, 1.1])(
    'with t_mul %d every restart is a restart, although the logarithm that counts them is rounded',
    (factor) => {
      const parameters = { initial_learning_rate: 0.1, first_decay_steps: 10, t_mul: factor };
      const schedule = from.keras('CosineDecayRestarts', parameters);
      for (let i = 0; i < 12; i++) {
        const restart = (10 * (factor ** i - 1)) / (factor - 1);
        if (Number.isInteger(restart)) expect(schedule(restart)).toBe(0.1);
        expect(schedule(restart + 1e-6)).toBeGreaterThan(0.0999);
      }
    },
  );
});

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

describe('huggingface', () => {
  const steps = { lr: 1, num_warmup_steps: 4, num_training_steps: 12 };

  test.each(['linear', 'cosine', 'cosine_with_restarts', 'polynomial'])(
    '%s has rate 0 at step 0 and the whole rate at num_warmup_steps',
    (name) => {
      const schedule = from.huggingface(name, steps);
      expect(schedule(0)).toBe(0);
      near(schedule(4), 1);
    },
  );

  test('cosine rises again after num_training_steps', () => {
    const schedule = from.huggingface('cosine', steps);
    near(schedule(12), 0);
    near(schedule(16), 0.5);
  });

  test('cosine_with_restarts stays at 0 after num_training_steps', () => {
    const schedule = from.huggingface('cosine_with_restarts', { ...steps, num_cycles: 2 });
    near(schedule(8), 1);
    expect([12, 13, 99].map(schedule)).toEqual([0, 0, 0]);
  });

  test('cosine_warmup_with_min_lr starts at one of its warm-up steps, not at 0, and is whole one step early', () => {
    const schedule = from.huggingface('cosine_warmup_with_min_lr', { ...steps, min_lr_rate: 0.1 });
    near(schedule(0), 1 / 4);
    near(schedule(3), 1);
    expect(schedule(4)).toBeLessThan(1);
  });

  test('inverse_sqrt takes the warm-up as its timescale', () => {
    near(from.huggingface('inverse_sqrt', { lr: 1, num_warmup_steps: 4 })(16), 1 / 2);
  });

  test('warmup_stable_decay starts at min_lr_ratio and stays there after the decay, with training steps left', () => {
    const parameters = { lr: 1, num_warmup_steps: 4, num_stable_steps: 2, num_decay_steps: 3, num_training_steps: 99 };
    const schedule = from.huggingface('warmup_stable_decay', { ...parameters, min_lr_ratio: 0.1 });
    near(schedule(0), 0.1);
    expect([4, 5].map(schedule)).toEqual([1, 1]);
    expect([9, 10, 98].map(schedule)).toEqual([0.1, 0.1, 0.1]);
  });
});

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

  test('step and multistep count from the end of the warm-up, where nothing is said', () => {
    const parameters = { lr: 1, decay_t: 3, decay_rate: 0.1, warmup_t: 2 };
    expect([2, 4, 5].map(from.timm('StepLRScheduler', parameters))).toEqual([1, 1, 0.1]);
  });
});

describe('the kinds themselves', () => {
  test('a warm-up meets the schedule where it takes over, with overlap or without', () => {
    const decay = { name: 'exponential', rate: 1, steps: 1, factor: 0.5 };
    const after = resolveSchedule({ name: 'warmup', schedule: decay, steps: 2 });
    expect([0, 1, 2, 3].map(after)).toEqual([0, 0.5, 1, 0.5]);
    const within = resolveSchedule({ name: 'warmup', schedule: decay, steps: 2, overlap: true });
    expect([0, 1, 2, 3].map(within)).toEqual([0, 0.125, 0.25, 0.125]);
  });

  test('a warm-up around inverse-sqrt with its timescale is the schedule of the transformer', () => {
    const schedule = resolveSchedule('warmup(inverse-sqrt(0.5, timescale=4), steps=4)');
    for (let s = 1; s < 40; s++) near(schedule(s), 0.5 * Math.min(s / 4, Math.sqrt(4 / s)));
  });

  test('a warm-up keeps the momentum of what it is around, held at its first value', () => {
    const inner = resolveSchedule('one-cycle(0.1, steps=20)');
    const outer = resolveSchedule({ name: 'warmup', schedule: inner, steps: 5 });
    expect(outer.momentum?.(2)).toBe(inner.momentum?.(0));
    expect(outer.momentum?.(12)).toBe(inner.momentum?.(7));
  });

  test('a join has a momentum only if all its parts have', () => {
    expect(resolveSchedule('join(one-cycle(0.1, steps=20), 0.1, at=20)').momentum).toBeUndefined();
    const both = resolveSchedule('join(one-cycle(0.1, steps=20), one-cycle(0.2, steps=20), at=20)');
    expect(both.momentum?.(20)).toBe(both.momentum?.(0));
  });

  test('a product has the momentum of the first that has one', () => {
    const cycle = resolveSchedule('one-cycle(0.1, steps=20)');
    expect(resolveSchedule({ name: 'product', schedules: [0.5, cycle] }).momentum?.(3)).toBe(cycle.momentum?.(3));
  });

  test.each([
    ['linear', 0.5],
    ['cosine', 0.5],
    ['1-sqrt', 1 - Math.SQRT1_2],
  ])('half way down, a decay along %s has %d of its height left', (shape, left) => {
    near(resolveSchedule(`warmup-stable-decay(1, 0, 0, 10, ${shape})`)(5), left);
    near(resolveSchedule(`warmup-stable-decay(1, 10, 0, 0, warmupShape=${shape})`)(5), left);
  });
});
