import { expect, test } from 'vitest';
import { resolveOptions } from '../../src/options.js';
import { checkSeeds } from '../../src/sweep/check-range.js';
import { checkRange, SweepOptions } from '../../src/sweep/options.js';
import { messageOf } from '../message-of.js';

const check = (given: Partial<SweepOptions>) => checkRange(resolveOptions(SweepOptions, given));

test.each([
  [{ startLr: 1, endLr: 1 }, 'startLr must be below endLr; got 1 and 1'],
  [{ startLr: 1e-300 }, 'startLr must be at least 1e-37, since steps compute in float32; got 1e-300'],
  [{ endLr: 1e300 }, 'endLr must be at most 1e+37, since steps compute in float32; got 1e+300'],
  [{ range: 'auto', spacing: 'linear' }, 'spacing must be geometric where range is auto; got "linear"'],
  [{ range: 'wide' }, 'range must be one of fixed, auto; got "wide"'],
  [{ seed: 2 ** 53 }, 'seed must be a whole number at least 0, and at most 9007199254740991; got 9007199254740992'],
  [{ batchSize: 1e300 }, 'batchSize must be a whole number at least 1, and at most 9007199254740991; got 1e+300'],
  [{ seed: 2 ** 53 - 1, repeats: 2 }, 'seed must be at most 9007199254740990 for 2 repeats; got 9007199254740991'],
] as const)('%j is refused', (given, message) => {
  expect(messageOf(() => check(given as Partial<SweepOptions>))).toBe(message);
});

test('the last seeds that differ from one another are taken', () => {
  expect(() => check({ seed: 2 ** 53 - 2, repeats: 2 })).not.toThrow();
  expect(() => checkSeeds({ seed: 2 ** 53 - 1, repeats: 1 })).not.toThrow();
});
