import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { combine } from '../../src/sweep/combined-curve.js';
import { descentOf } from '../../src/sweep/descent.js';
import { minimum } from '../../src/sweep/suggest/minimum.js';
import { resolveMethods, suggestionMethods } from '../../src/sweep/suggest/registry.js';
import { slide } from '../../src/sweep/suggest/slide.js';
import { steep } from '../../src/sweep/suggest/steep.js';
import { valley } from '../../src/sweep/suggest/valley.js';

// The curve and the numbers that fastai's four methods give on it; fastai drops the first 10 and the last 5 points.
const all = Array.from({ length: 100 }, (_, i) => 1e-7 * 1e8 ** (i / 100));
const rates = all.slice(10, -5);
const curve = (ripple: number) => ({
  rates,
  losses: all
    .map((rate, i) => {
      const u = Math.log10(rate);
      return 2.3 - 1.5 / (1 + Math.exp(-3 * (u + 3))) + 0.3 * rate ** 2 + ripple * Math.sin(1.7 * i);
    })
    .slice(10, -5),
});
const contextOf = (losses: readonly number[]) => {
  const combined = combine(rates, [losses]);
  if (!combined) throw new Error('no curve');
  return { rates, descent: descentOf(combined), averaging: true };
};

test.each([
  [valley, 0, 2.29087e-4],
  [slide, 0, 2.75423e-6],
  [minimum, 0, 1e-2],
  [steep, 0, 8.31764e-4],
  [valley, 0.02, 3.01995e-3],
  [slide, 0.02, 5.7544e-6],
  [minimum, 0.02, 6.91831e-3],
  [steep, 0.02, 8.31764e-4],
])('$name gives what fastai 2.8 gives (ripple %d)', (method, ripple, expected) => {
  const given = curve(ripple);
  expect((method.suggest(given, contextOf(given.losses)) as number) / expected).toBeCloseTo(1, 5);
});

describe.each(suggestionMethods)('law: $name', (method) => {
  const suggest = (losses: readonly number[]) => method.suggest({ rates, losses }, contextOf(losses));
  const { losses } = curve(0.02);

  test('stays within a decade of the sweep on a curve that falls and turns', () => {
    const rate = suggest(losses) as number;
    expect(rate).toBeGreaterThanOrEqual((rates[0] as number) / 10);
    expect(rate).toBeLessThanOrEqual(rates.at(-1) as number);
  });

  test('does not depend on where the loss has its zero', () => {
    expect(suggest(losses.map((loss) => loss - 1000))).toBeCloseTo(suggest(losses) as number, 6);
  });

  test('is deterministic and does not change its input', () => {
    const before = [...losses];
    expect(suggest(losses)).toBe(suggest(losses));
    expect(losses).toEqual(before);
  });
});

test.each([steep, minimum, valley])('$name finds nothing on a curve that only rises', (method) => {
  const losses = rates.map((_, i) => i);
  expect(method.suggest({ rates, losses }, contextOf(losses))).toBeNull();
});

test('the middle of the second third: on 90 falling points valley takes the one with index 44', () => {
  const ninety = Array.from({ length: 90 }, (_, i) => i + 1);
  const losses = ninety.map((i) => -i);
  expect(valley.suggest({ rates: ninety, losses }, contextOf(curve(0).losses))).toBe(45);
});

test('methods are found by name, in the order that was asked for', () => {
  expect(resolveMethods(['slide', 'valley'])).toEqual([slide, valley]);
  expect(resolveMethods(undefined)).toBe(suggestionMethods);
});

test('an unknown method is refused and the nearest offered', () => {
  const names = suggestionMethods.map(({ name }) => name).join(', ');
  expect(names).toMatch(/^descent, steep, minimum, valley, slide/);
  expect(() => resolveMethods(['vally'])).toThrow(
    new InputError(`suggest must be one of ${names}; got "vally"; did you mean valley?`),
  );
  expect(() => resolveMethods([])).toThrow(/^suggest must name at least one method/);
});
