import { expect, test } from 'vitest';
import type { SweepResult } from '../../src/results/sweep.js';
import { groupRates, groupsToTry } from '../../src/sweep/group-rates.js';
import { groupFlag } from '../../src/sweep/rate-groups.js';

type Rates = [rate: number, low: number, high: number] | null;

const suggestionOf = (rates: Rates) =>
  rates && { learningRate: rates[0], low: rates[1], high: rates[2], verdict: 'sure', method: 'descent' };

/** A search whose rate is 0.02, with groups of these multipliers and rates of their own. */
function found(base: Rates, groups: Record<string, [multiplier: number, rates: Rates]>) {
  return {
    suggestion: suggestionOf(base),
    groups: Object.entries(groups).map(([name, [multiplier, rates]]) => ({
      ...{ name, pattern: name === 'others' ? null : name, multiplier, suggestion: suggestionOf(rates) },
    })),
  } as unknown as Pick<SweepResult, 'suggestion' | 'groups'>;
}

const base: Rates = [0.02, 0.01, 0.04];
const asked = (result: ReturnType<typeof found>) =>
  groupRates(result).map(({ ratio, multiplier }) => [ratio, multiplier]);

test('the ratio is that of the two rates, and a multiplier that lies within the interval stays', () => {
  // 0.1 · 0.02 = 0.002 lies between 0.001 and 0.004.
  const result = found(base, { 'base*': [0.1, [0.003, 0.001, 0.004]], others: [1, [0.03, 0.01, 0.05]] });
  expect(asked(result)).toEqual([
    [expect.closeTo(0.15, 12), null],
    [expect.closeTo(1.5, 12), null],
  ]);
  expect(groupsToTry(result)).toBeNull();
});

test('a multiplier outside the interval gives way to the ratio in two digits, the fitting ones stay', () => {
  // 0.5 · 0.02 = 0.01 lies above 0.004; 0.0031415 / 0.02 = 0.157075.
  const result = found(base, {
    'base*': [0.5, [0.0031415, 0.001, 0.004]],
    head: [3, [0.05, 0.03, 0.1]],
    others: [1, [2, 1, 4]],
  });
  expect(asked(result).map(([, multiplier]) => multiplier)).toEqual([0.16, null, null]);
  expect(groupsToTry(result)).toBe('--group "base*:0.16" --group "head:3"');
});

test('an end of the interval belongs to it', () => {
  expect(groupsToTry(found(base, { a: [0.5, [0.02, 0.01, 0.04]] }))).toBeNull();
  expect(groupsToTry(found(base, { a: [2, [0.02, 0.01, 0.04]] }))).toBeNull();
  expect(groupsToTry(found(base, { a: [2.01, [0.02, 0.01, 0.04]] }))).toBe('--group "a:1"');
});

test('without a rate of the search or of the group there is no ratio', () => {
  expect(asked(found(null, { a: [0.1, [1, 1, 1]] }))).toEqual([[null, null]]);
  expect(asked(found(base, { a: [0.1, null] }))).toEqual([[null, null]]);
  expect(groupsToTry(found(base, { a: [0.1, null] }))).toBeNull();
  expect(groupRates({ suggestion: null })).toEqual([]);
});

test('a flag is quoted for a shell', () => {
  expect(groupFlag('base*', 0.1)).toBe('--group "base*:0.1"');
  expect(groupFlag('a"$b`\\', 2)).toBe('--group "a\\"\\$b\\`\\\\:2"');
});
