import { expect, test } from 'vitest';
import { divergenceRule } from '../../src/sweep/divergence.js';

/** Gives the losses to the rule one by one. Returns where and why it stops. */
function stop(losses: (number | null)[], steps = 100) {
  const rule = divergenceRule(steps);
  for (const [i, loss] of losses.entries()) {
    const reason = rule(loss);
    if (reason) return { i, reason };
  }
  return null;
}

const ripple = (i: number) => 0.01 * Math.sin(2.3 * i);
const level = (count: number, value: number) => Array.from({ length: count }, (_, i) => value + ripple(i));

test('not finite stops at once', () => {
  expect(stop([...level(30, 2), null, 2])).toEqual({ i: 30, reason: 'not-finite' });
  expect(stop([null])).toEqual({ i: 0, reason: 'not-finite' });
});

test('a rise that stays is divergence: six steps in a row of a hundred', () => {
  expect(stop([...level(40, 2), ...level(20, 1), ...level(40, 50)])).toEqual({ i: 65, reason: 'diverged' });
});

test('a spike that recovers is none, however high', () => {
  expect(stop([...level(40, 2), ...level(5, 1e6), ...level(20, 1), ...level(5, 1e6), ...level(30, 1)])).toBeNull();
});

test('a rise back to the start level is none', () => {
  expect(stop([...level(40, 2), ...level(20, 1), ...level(40, 2)])).toBeNull();
});

test('the limit is two descents above the start', () => {
  expect(stop([...level(40, 2), ...level(20, 1), ...level(40, 3.9)])).toBeNull();
  expect(stop([...level(40, 2), ...level(20, 1), ...level(40, 4.1)])?.reason).toBe('diverged');
});

test('negative losses stop where the same losses shifted to positive ones do', () => {
  const losses = [...level(40, 2), ...level(20, 1), ...level(40, 50)];
  expect(stop(losses.map((loss) => loss - 1000))).toEqual(stop(losses));
  expect(stop(losses.map((loss) => loss * 1e6))).toEqual(stop(losses));
});

test('a loss that never falls stops once it leaves its own noise', () => {
  expect(stop([...level(40, 2), ...level(60, 2.02)])).toBeNull();
  expect(stop([...level(40, 2), ...level(60, 2.2)])?.reason).toBe('diverged');
});
