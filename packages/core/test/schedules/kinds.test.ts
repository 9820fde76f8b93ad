import { describe, expect, test } from 'vitest';
import { resolveSchedule } from '../../src/schedules/resolve.js';
import { near } from './near.js';

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
