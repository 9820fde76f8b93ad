import { describe, expect, test } from 'vitest';
import { from } from '../../../src/schedules/from/registry.js';
import { near } from '../near.js';

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

  test('a polynomial ends at 1e-4 and not at 0 by default', () => {
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
