import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/sweep/analyse.js';
import { combine } from '../../src/sweep/combined-curve.js';
import { descentOf } from '../../src/sweep/descent.js';
import { sweepRates } from '../../src/sweep/rates.js';
import { suggestionMethods } from '../../src/sweep/suggest/registry.js';
import { toSweeps } from './stored-sweeps.js';

interface Task {
  averages: boolean;
  rates: number[];
  sweeps: (number | null)[][];
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../fixtures/analysis/${name}.json`, import.meta.url), 'utf8'));
const tasks: Record<string, Task> = fixture('sweeps');
const golden = fixture('golden');

describe.each(Object.keys(tasks))('on %s the numpy reference agrees', (name) => {
  const { averages, rates, sweeps } = tasks[name] as Task;
  const expected = golden[name];
  const usualRate = name.endsWith('_adam') ? 0.003 : undefined;
  const result = analyse(rates, toSweeps(rates, sweeps), suggestionMethods, { averaging: averages, usualRate });

  test('on the answer', () => {
    if (expected.rate === null) expect(result.suggestion).toBeNull();
    // Answers are rounded to float32, by at most 6e-8 of them.
    else expect((result.suggestions.descent as number) / expected.rate).toBeCloseTo(1, 6);
  });

  test('on the shape of the descent', () => {
    const curve = combine(rates, sweeps);
    if (!curve) throw new Error('no curve');
    const descent = descentOf(curve);
    expect([descent.flat, descent.risesFromStart, descent.breaksAtStart]).toEqual([
      expected.flat,
      expected.rises,
      expected.breaks,
    ]);
    // Of a constant loss the rest is rounding.
    if (expected.signal === null) return expect(descent.divergenceRate).toBeNull();
    expect(descent.unbounded).toBe(expected.unbounded);
    expect(descent.drop / expected.drop).toBeCloseTo(1, 9);
    expect(descent.signal / expected.signal).toBeCloseTo(1, 9);
    expect((rates[descent.bottom] as number) / expected.bottom).toBeCloseTo(1, 9);
    if (expected.gone === null) expect(descent.divergenceRate).toBeNull();
    else expect((descent.divergenceRate as number) / expected.gone).toBeCloseTo(1, 9);
  });

  test('on the interval: 0.65 decades around all answers that leave out one seed', () => {
    if (!result.suggestion) return expect(expected.rate).toBeNull();
    const all = [expected.rate, ...expected.without].filter((rate): rate is number => rate !== null);
    const limits = [rates[0], rates.at(-1)] as [number, number];
    expect(result.suggestion.low / Math.max(Math.min(...all) / 10 ** 0.65, limits[0])).toBeCloseTo(1, 6);
    expect(result.suggestion.high / Math.min(Math.max(...all) * 10 ** 0.65, limits[1])).toBeCloseTo(1, 6);
  });
});

const rates = sweepRates(1e-7, 10, 150, 'geometric');
const logistic = (rate: number) => 2.3 - 1.5 / (1 + Math.exp(-3 * (Math.log10(rate) + 3)));
const noise = (i: number, seed: number) => 0.01 * Math.sin(12.9 * i + 78.2 * seed);
const swept = (loss: (rate: number) => number | null, seeds = 5) =>
  Array.from({ length: seeds }, (_, seed) =>
    rates.map((rate, i) => {
      const value = loss(rate);
      return value === null ? null : value + noise(i, seed);
    }),
  );
const conclude = (loss: (rate: number) => number | null, seeds = 5, averaging = true) =>
  analyse(rates, toSweeps(rates, swept(loss, seeds)), suggestionMethods, { averaging });

test('the steepest point of a logistic fall in log rate is found without lag', () => {
  const { steepest } = conclude((rate) => logistic(rate) + 0.3 * rate ** 2);
  expect(Math.log10(steepest?.rate as number)).toBeCloseTo(-3, 0);
  expect(Math.abs(Math.log10(steepest?.rate as number) + 3)).toBeLessThan(0.1);
});

test('shifting and scaling the loss, to negative values too, leaves every rate where it was', () => {
  const plain = conclude((rate) => logistic(rate) + rate ** 2);
  const moved = analyse(
    rates,
    toSweeps(
      rates,
      swept((rate) => logistic(rate) + rate ** 2).map((losses) => losses.map((loss) => 100 * (loss ?? 0) - 7000)),
    ),
    suggestionMethods,
    { averaging: true },
  );
  expect(moved.suggestion?.learningRate).toBeCloseTo(plain.suggestion?.learningRate as number, 10);
  expect(moved.minimum?.rate).toBe(plain.minimum?.rate);
  expect(moved.divergence?.rate).toBe(plain.divergence?.rate);
});

test('steepest, suggestion, minimum and divergence come in this order on a curve of the usual shape', () => {
  const { steepest, minimum, divergence, suggestion, range } = conclude(
    (rate) => logistic(rate) + 0.3 * rate ** 2,
    5,
    false,
  );
  const order = [steepest?.rate, minimum?.rate, divergence?.rate] as number[];
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(suggestion?.learningRate).toBeLessThan(divergence?.rate as number);
  expect(range?.low).toBeLessThanOrEqual(suggestion?.learningRate as number);
  expect(range?.high).toBeGreaterThanOrEqual(suggestion?.learningRate as number);
});

test('an optimizer that averages gradients gets a lower rate: its sweep runs six steps late', () => {
  const loss = (rate: number) => logistic(rate) + Math.min(3, 0.3 * rate ** 2);
  const averaging = conclude(loss, 5, true).suggestion?.learningRate as number;
  const plain = conclude(loss, 5, false).suggestion?.learningRate as number;
  expect(plain / averaging).toBeCloseTo(((rates[1] as number) / (rates[0] as number)) ** 6, 6);
});

test('a flat curve has no suggestion, with a reason', () => {
  const result = conclude(() => 2.3);
  expect(result.suggestion).toBeNull();
  expect(result.reason).toMatch(/flat/);
  expect(result.diagnosis.join(' ')).toMatch(/^Flat/);
  expect(result.steepest).toBeNull();
});

test('a model that predicts at random has diverged, even if the loss of random predictions is a little below the start', () => {
  // From 0.3 on the loss is only 0.05 below the start, a thirtieth of the descent.
  const { divergence } = conclude((rate) => (rate < 0.3 ? logistic(rate) : 2.25));
  expect(divergence?.rate).toBeGreaterThanOrEqual(0.3);
  expect(divergence?.rate).toBeLessThan(0.3 * ((rates[1] as number) / (rates[0] as number)));
});

test('a curve that falls to its end is unsure and asks for a higher last rate', () => {
  const result = conclude((rate) => -Math.log10(rate));
  expect(result.suggestion?.verdict).toBe('unsure');
  expect(result.diagnosis.join(' ')).toMatch(/raise the last rate above 10/);
  expect(result.divergence).toBeNull();
});

test.each([
  // The middle of the fall is at 1e-3; a twentieth of it is done at 1e-4.
  [1e-5, false],
  [1e-4, false],
  [1e-3, true],
])(
  'a sweep that begins at %s reports whether it began in the middle of the descent, and is unsure if so',
  (from, cut) => {
    const late = sweepRates(from, 10, 150, 'geometric');
    const sweeps = Array.from({ length: 5 }, (_, seed) =>
      late.map((rate, i) => logistic(rate) + 0.3 * rate ** 2 + noise(i, seed)),
    );
    const { suggestion, diagnosis } = analyse(late, toSweeps(late, sweeps), suggestionMethods, { averaging: true });
    const sentences = diagnosis.join(' ');
    if (cut) {
      expect(sentences).toContain(`Falling from the start: lower the first rate below ${from}.`);
      expect(sentences).not.toContain('falls clearly');
      expect(suggestion?.verdict).toBe('unsure');
    } else {
      expect(sentences).toContain('The curve falls clearly and turns.');
      expect(suggestion?.verdict).not.toBe('unsure');
    }
  },
);

test('a loss that is never finite gives no curve, with a reason', () => {
  const result = analyse(rates, toSweeps(rates, [[null], [null], [null]]), suggestionMethods, { averaging: true });
  expect(result.suggestion).toBeNull();
  expect(result.reason).toMatch(/not finite from the first step/);
  expect(result.curve).toEqual([]);
});

test('fewer than ten rates give no suggestion', () => {
  const few = rates.slice(0, 5);
  const result = analyse(few, toSweeps(few, [[2, 1.8, 1.2, 1, 3]]), suggestionMethods, { averaging: true });
  expect(result.suggestion).toBeNull();
  expect(result.reason).toMatch(/too few steps: 5/);
});

test('few steps per decade are called short', () => {
  const sparse = sweepRates(1e-7, 10, 40, 'geometric');
  const losses = sparse.map((rate, i) => logistic(rate) + noise(i, 0));
  const { diagnosis } = analyse(sparse, toSweeps(sparse, [losses]), suggestionMethods, { averaging: true });
  expect(diagnosis.join(' ')).toMatch(/4\.9 steps per decade/);
});

test('many steps per decade are called long', () => {
  const dense = sweepRates(1e-5, 1e-1, 401, 'geometric');
  const losses = dense.map((rate, i) => logistic(rate) + noise(i, 0));
  const { diagnosis } = analyse(dense, toSweeps(dense, [losses]), suggestionMethods, { averaging: true });
  expect(diagnosis.join(' ')).toMatch(/Long: 100 steps per decade/);
});

test('a spike that recovers moves neither the minimum nor the answer by more than a fifth of a decade', () => {
  const loss = (rate: number) => logistic(rate) + 0.3 * rate ** 2;
  const spiked = swept(loss);
  (spiked[0] as number[])[60] = 40;
  const plain = conclude(loss).suggestion?.learningRate as number;
  const result = analyse(rates, toSweeps(rates, spiked), suggestionMethods, { averaging: true });
  expect(Math.abs(Math.log10((result.suggestion?.learningRate as number) / plain))).toBeLessThan(0.2);
});

test('every point of the curve has the quartiles of the raw losses', () => {
  const sweeps = swept((rate) => logistic(rate) + 0.3 * rate ** 2);
  const { curve } = analyse(rates, toSweeps(rates, sweeps), suggestionMethods, { averaging: true });
  const here = sweeps.map((losses) => losses[70] as number).toSorted((a, b) => a - b);
  expect(curve[70]).toMatchObject({ low: here[1], median: here[2], high: here[3] });
});
