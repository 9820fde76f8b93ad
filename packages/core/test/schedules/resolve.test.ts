import { describe, expect, test } from 'vitest';
import { resolveSchedule } from '../../src/schedules/resolve.js';
import type { Schedule } from '../../src/schedules/schedule.js';
import { printSchedule } from '../../src/schedules/text/print.js';
import { messageOf } from '../message-of.js';

describe('takes', () => {
  test('a number as a constant rate', () => {
    const schedule = resolveSchedule(0.1);
    expect([0, 7, 1e6].map(schedule)).toEqual([0.1, 0.1, 0.1]);
    expect(schedule.config).toEqual({ name: 'constant', rate: 0.1 });
  });

  test('a function, and keeps its momentum', () => {
    const own: Schedule = Object.assign((step: number) => 0.01 / (1 + 0.1 * step), { momentum: () => 0.5 });
    const schedule = resolveSchedule(own);
    expect(schedule(10)).toBe(0.005);
    expect(schedule.momentum?.(3)).toBe(0.5);
    expect(schedule.config).toBeUndefined();
  });

  test('a schedule, which comes back itself', () => {
    const schedule = resolveSchedule('cosine(0.1, 10)');
    expect(resolveSchedule(schedule)).toBe(schedule);
    const own = resolveSchedule((step) => step);
    expect(resolveSchedule(own)).toBe(own);
  });

  test('an object with every default filled in', () => {
    expect(resolveSchedule({ name: 'polynomial', rate: 0.1, steps: 10 }).config).toEqual({
      name: 'polynomial',
      rate: 0.1,
      steps: 10,
      end: 1e-4,
      power: 1,
      cycle: false,
      kDecay: 1,
    });
  });

  test('a parameter that is undefined as left out', () => {
    const schedule = resolveSchedule({ name: 'polynomial', rate: 0.1, steps: 10, end: undefined });
    expect(schedule.config).toMatchObject({ end: 1e-4 });
  });

  test('numbers, texts, functions, schedules and objects where a schedule is nested', () => {
    const own = (step: number) => 0.2 + step;
    const nested = [0.1, 'exponential(0.4, 1, 0.5)', own, resolveSchedule(0.3), { name: 'constant', rate: 0.5 }];
    const schedule = resolveSchedule({ name: 'join', schedules: nested, at: [1, 2, 3, 4] });
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([0.1, 0.4, 0.2, 0.3, 0.5]);
  });

  test('what Keras saves, whatever module and registered name say', () => {
    const config = { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5, name: 'mine' };
    const schedule = resolveSchedule({
      module: 'keras.optimizers.schedules',
      class_name: 'ExponentialDecay',
      config,
      registered_name: null,
    });
    expect(schedule(10)).toBe(0.05);
  });

  test('what Keras saves as the rate of an optimizer', () => {
    const learning_rate = { class_name: 'CosineDecay', config: { initial_learning_rate: 0.1, decay_steps: 10 } };
    expect(resolveSchedule(learning_rate)(5)).toBeCloseTo(0.05, 15);
  });
});

describe('leaves alone', () => {
  test('the caller’s object', () => {
    const spec = Object.freeze({
      name: 'join',
      schedules: Object.freeze([0.1, 'constant(0.2)']),
      at: Object.freeze([3]),
    });
    resolveSchedule(spec);
    expect(spec.schedules).toEqual([0.1, 'constant(0.2)']);
  });

  test('its own numbers, when the caller changes a list later', () => {
    const at = [3];
    const schedule = resolveSchedule({ name: 'piecewise-constant', rates: [0.1, 0.2], at });
    at[0] = 100;
    expect(schedule(5)).toBe(0.2);
    expect(schedule.config).toMatchObject({ at: [3] });
  });
});

describe('a function of the caller', () => {
  const schedule = (own: (step: number) => unknown) => resolveSchedule(own as (step: number) => number);

  test.each([
    [(step: number) => 1 - step, -2],
    [() => Number.NaN, 'NaN'],
    [() => Infinity, 'Infinity'],
    [() => undefined, 'undefined'],
    [() => '0.1', '"0.1"'],
    [async () => 0.1, '{}'],
  ])('%s is refused at the step where it gives something else than a rate, with what it gave', (own, got) => {
    const wanted = `the rate that the schedule gives for step 3 must be a finite number at least 0; got ${got}`;
    expect(messageOf(() => schedule(own)(3))).toContain(wanted);
  });

  test('is called by its name in the message', () => {
    expect(messageOf(() => schedule(function halving() {})(3))).toMatch(
      /^the rate that halving gives for step 3 must be .*; got undefined$/,
    );
  });

  test('is checked where it is nested, too', () => {
    const joined = resolveSchedule({ name: 'join', schedules: [0.1, () => -1], at: [3] });
    expect(joined(2)).toBe(0.1);
    expect(messageOf(() => joined(5))).toContain(
      'the rate that the schedule gives for step 2 must be a finite number at least 0; got -1',
    );
  });

  test('makes a schedule around it that has no config and no text', () => {
    const around = resolveSchedule({ name: 'warmup', schedule: () => 0.1, steps: 5 });
    expect(around(5)).toBe(0.1);
    expect(around.config).toBeUndefined();
    expect(messageOf(() => printSchedule(around))).toContain('cannot be written as text');
  });

  test('may scale a cyclical schedule, which then has no config', () => {
    const schedule = resolveSchedule({ name: 'cyclical', low: 0, high: 1, up: 2, scale: (cycle: number) => 1 / cycle });
    expect([2, 6, 10].map(schedule)).toEqual([1, 1 / 2, 1 / 3]);
    expect(schedule.config).toBeUndefined();
  });
});
