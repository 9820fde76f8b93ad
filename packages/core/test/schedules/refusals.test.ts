import { describe, expect, test } from 'vitest';
import { resolveSchedule } from '../../src/schedules/resolve.js';
import type { ScheduleSpec } from '../../src/schedules/schedule.js';
import { messageOf } from '../message-of.js';

const refused = (spec: unknown) => messageOf(() => resolveSchedule(spec as ScheduleSpec));

describe('resolveSchedule refuses', () => {
  test.each([undefined, null, true, [], [0.1], {}, { rate: 0.1 }, { name: 3 }])('%j, which is no schedule', (spec) => {
    expect(refused(spec)).toContain(`a schedule must be a rate, a text such as`);
    expect(refused(spec)).toContain(`got ${JSON.stringify(spec)}`);
  });

  test.each([-0.1, Number.NaN, Infinity])('the rate %d', (rate) => {
    expect(refused(rate)).toBe(`constant.rate must be a number at least 0; got ${rate}`);
  });

  test('an unknown name, with the nearest and all that exist', () => {
    const message = refused({ name: 'cosinus' });
    expect(message).toMatch(/^schedule must be one of constant, .*, product; got "cosinus"; did you mean cosine\?$/);
    expect(refused({ name: 'toString' })).toMatch(/^schedule must be one of constant, .*; got "toString"/);
  });

  test('a misspelt parameter, with the nearest and all that exist', () => {
    const message = refused({ name: 'inverse-sqrt', rate: 0.1, timescal: 5 });
    expect(message).toContain('unknown option inverse-sqrt.timescal; did you mean inverse-sqrt.timescale?');
    expect(message).toContain('inverse-sqrt.rate, inverse-sqrt.timescale');
    expect(refused({ name: 'constant', rate: 0.1, constructor: 5 })).toContain('unknown option constant.constructor');
  });

  test('a missing parameter, saying what it means', () => {
    expect(refused({ name: 'cosine', rate: 0.1 })).toMatch(/^cosine.steps must be given: steps of the cosine/);
  });

  test.each([
    [{ name: 'cosine', rate: 0.1, steps: 0 }, 'cosine.steps must be a number above 0; got 0'],
    [{ name: 'cosine', rate: 0.1, steps: -5 }, 'cosine.steps must be a number above 0; got -5'],
    [{ name: 'cosine', rate: '0.1', steps: 5 }, 'cosine.rate must be a number at least 0; got "0.1"'],
    [{ name: 'cosine', rate: 0.1, steps: 5, hold: 1 }, 'cosine.hold must be true or false; got 1'],
    [
      { name: 'cosine-restarts', rate: 0.1, steps: 5, tMul: 0.5 },
      'cosine-restarts.tMul must be a number at least 1; got 0.5',
    ],
    [
      { name: 'one-cycle', rate: 0.1, steps: 5, pctStart: 2 },
      'one-cycle.pctStart must be a number at least 0 and at most 1; got 2',
    ],
    [
      { name: 'cyclical', low: 0, high: 1, up: 5, mode: 'triangle' },
      'cyclical.mode must be one of triangular, triangular2, exp-range; got "triangle"',
    ],
    [{ name: 'cyclical', low: 0, high: 1, up: 5, scale: 3 }, 'cyclical.scale must be a function; got 3'],
    [
      { name: 'piecewise-constant', rates: [0.1, -1], at: [3] },
      'piecewise-constant.rates must be a list, each a number at least 0; got [0.1,-1]',
    ],
    [
      { name: 'piecewise-constant', rates: [0.1, 0.2], at: [3, 4] },
      'piecewise-constant.rates must have one more entry than the boundaries; got 2 rates and 2 boundaries',
    ],
    [
      { name: 'piecewise-constant', rates: [1, 2, 3], at: [4, 4] },
      'piecewise-constant.at must increase; got 4 after 4',
    ],
    [{ name: 'join', schedules: [0.1, 0.2, 0.3], at: [5, 2] }, 'join.at must increase; got 2 after 5'],
    [
      { name: 'join', schedules: [0.1], at: [5] },
      'join.schedules must have one more entry than the boundaries; got 1 schedules and 1 boundaries',
    ],
    [{ name: 'join', schedules: 0.1, at: [] }, 'join.schedules must be a list, each a schedule; got 0.1'],
    [{ name: 'product', schedules: [] }, 'product.schedules must have at least one schedule; got none'],
    [
      { name: 'warmup', schedule: { name: 'cosine', rate: 0.1, steps: -1 }, steps: 5 },
      'cosine.steps must be a number above 0; got -1',
    ],
  ])('%j, naming the parameter, what is allowed and the value', (spec, message) => {
    expect(refused(spec)).toContain(message);
  });

  test.each([Number.NaN, Infinity, -Infinity, undefined, '3'])('to be asked for step %j', (step) => {
    const schedule = resolveSchedule('one-cycle(0.1, steps=10)');
    expect(messageOf(() => schedule(step as number))).toBe(
      `the step of one-cycle must be a finite number; got ${step}`,
    );
    expect(messageOf(() => schedule.momentum?.(step as number))).toBe(
      `the step of one-cycle must be a finite number; got ${step}`,
    );
  });

  test('unlimited growth, at the step at which the rate is no longer finite', () => {
    const schedule = resolveSchedule('exponential(0.1, steps=1, factor=10)');
    expect(messageOf(() => schedule(400))).toContain(
      'the rate that exponential gives for step 400 must be a finite number at least 0; got Infinity',
    );
  });
});
