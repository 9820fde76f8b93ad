import { describe, expect, test } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import { near } from '../near.js';

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
