import { describe, expect, test } from 'vitest';
import type { TriedRate } from '../../src/results/verification.js';
import { sensitivityOf, sensitivityText, triedSensitivity } from '../../src/study/sensitivity.js';
import { training } from './trainings.js';

const quarter = (i: number) => 0.01 * 10 ** (i / 4);
/** A loss that rises by 0.4 of the descent for a decade from the best rate, as a parabola: 0.1 at half a decade. */
const parabola = (i: number) => 1 + 0.4 * (i / 4) ** 2;

describe('what half a decade costs', () => {
  test('of a parabola that rises by 0.4 of a descent of 1 at a decade, a tenth on both sides', () => {
    const trained = [-2, -1, 0, 1, 2].map((i) => ({ rate: quarter(i), losses: [parabola(i), parabola(i)] }));
    const found = sensitivityOf(trained, [2, 2], 50);
    expect(found).toMatchObject({ best: 0.01, step: 50 });
    for (const side of [found?.lower, found?.higher]) {
      expect(side?.decades).toBeCloseTo(0.5, 9);
      expect(side?.share).toBeCloseTo(0.1, 9);
      expect(side?.low).toBeCloseTo(0.1, 9);
      expect(side?.high).toBeCloseTo(0.1, 9);
    }
    expect(found?.lower?.rate).toBeCloseTo(quarter(-2), 9);
  });

  test('what a seed adds to all rates does not widen the interval; a descent that is twice as long halves the share', () => {
    const trained = [-2, 0, 2].map((i) => ({ rate: quarter(i), losses: [parabola(i), parabola(i) + 0.5] }));
    const found = sensitivityOf(trained, [3, 3.5], 50);
    expect(found?.higher?.share).toBeCloseTo(0.05, 9);
    expect(found?.higher?.high).toBeCloseTo(0.05, 9);
  });

  test('the interval is that of the noise of all rates between the neighbours, by hand', () => {
    // Rates by seeds; residuals of rows and columns are ±0.05, 0, ∓0.05: squares 4 · 0.0025 = 0.01 over 2 degrees of freedom.
    const trained = [
      { rate: quarter(-2), losses: [1.35, 1.25] },
      { rate: quarter(0), losses: [1.0, 1.0] },
      { rate: quarter(2), losses: [1.15, 1.25] },
    ];
    const found = sensitivityOf(trained, [2, 2], 50);
    // t with 2 degrees of freedom 4.3027, times √(2 · 0.005 / 2).
    const half = 4.3027 * Math.sqrt(0.005);
    expect(found?.lower?.share).toBeCloseTo(0.3, 9);
    expect(found?.lower?.low).toBeCloseTo(0.3 - half, 9);
    expect(found?.higher?.high).toBeCloseTo(0.2 + half, 9);
  });

  test('a training that diverged, or ended above its start, has lost all of the descent', () => {
    const trained = [
      { rate: quarter(0), losses: [1, 1] },
      { rate: quarter(2), losses: [Number.POSITIVE_INFINITY, 50] },
    ];
    expect(sensitivityOf(trained, [2, 2], 50)?.higher?.share).toBe(1);
  });

  test('with one seed there is a share and no interval', () => {
    const trained = [0, 2].map((i) => ({ rate: quarter(i), losses: [parabola(i)] }));
    expect(sensitivityOf(trained, [2], 50)?.higher).toMatchObject({ low: null, high: null });
  });

  test('of rates at other distances the nearest to half a decade counts, from 0.4 to 1.05 decades', () => {
    const at = (...rates: number[]) =>
      sensitivityOf(
        rates.map((rate) => ({ rate, losses: [1 + Math.abs(Math.log10(rate / 0.01))] })),
        [9],
        1,
      );
    expect(at(0.001, 0.01, 0.03, 0.04)).toMatchObject({ lower: { rate: 0.001 }, higher: { rate: 0.03 } });
    expect(at(0.0005, 0.01, 0.02)).toBeNull();
  });

  test('nothing where no rate lowers the loss, and where nothing is finite', () => {
    expect(
      sensitivityOf(
        [0, 2].map((i) => ({ rate: quarter(i), losses: [2, 3] })),
        [2, 3],
        1,
      ),
    ).toBeNull();
    const lost = [0, 2].map((i) => ({ rate: quarter(i), losses: [Number.POSITIVE_INFINITY] }));
    expect(sensitivityOf(lost, [2], 1)).toBeNull();
    expect(sensitivityOf(lost, [Number.NaN], 1)).toBeNull();
    expect(sensitivityOf([], [], 1)).toBeNull();
  });
});

describe('from the trainings of a verification', () => {
  const tried = (i: number, ...losses: (number | null)[][]): TriedRate => ({
    rate: quarter(i),
    trainings: losses.map((each, seed) =>
      training(each, {
        seed,
        ...(each.includes(null) && { outcome: 'diverged', divergedAt: each.indexOf(null) * 10 }),
      }),
    ),
  });

  test('the latest step at which both sides are known; the start is 9', () => {
    const rates = [
      tried(-2, [5, 4], [5, 4]),
      tried(-1, [4, 3, 2], [4, 3, 2]),
      tried(0, [3, 2, 1], [3, 2, 1], [3, 2, 1]),
      tried(1, [3, 2, 3], [3, 2, 3]),
      tried(2, [6, 5.5], [6, 5.5]),
    ];
    const found = triedSensitivity(rates);
    expect(found).toMatchObject({ step: 20, best: 0.01 });
    expect(found?.lower?.share).toBeCloseTo(2 / 7, 9);
    expect(found?.higher?.share).toBeCloseTo(3.5 / 7, 9);
  });

  test('one side where no step has both', () => {
    const found = triedSensitivity([tried(-2, [5, 4]), tried(0, [3, 2])]);
    expect(found?.lower?.share).toBeCloseTo(2 / 7, 9);
    expect(found?.higher).toBeNull();
  });

  test('a training that diverged before the step counts as one that lost all', () => {
    const found = triedSensitivity([tried(0, [3, 2], [3, 2]), tried(2, [6, null], [6, null])]);
    expect(found?.higher?.share).toBe(1);
  });

  test('nothing where no two rates are half a decade apart', () => {
    expect(triedSensitivity([tried(0, [3, 2]), tried(1, [3, 2])])).toBeNull();
    expect(triedSensitivity([])).toBeNull();
  });
});

test('in words', () => {
  const side = { rate: 0.03, decades: 0.5, share: 0.031, low: -0.012, high: 0.05 };
  const of = { best: 0.01, step: 60 };
  expect(sensitivityText({ ...of, higher: side, lower: { ...side, share: 0.4, low: 0.35, high: 0.45 } })).toBe(
    'Half a decade above the best rate costs 3 % of the descent (−1 to 5 %), half a decade below it 40 % (35 to 45 %), after 60 steps.',
  );
  expect(sensitivityText({ ...of, higher: { ...side, share: 1 }, lower: null })).toBe(
    'Half a decade above the best rate costs all of the descent, after 60 steps.',
  );
  expect(sensitivityText({ ...of, higher: null, lower: { ...side, decades: 0.75, low: null, high: null } })).toBe(
    '0.75 decades below the best rate costs 3 % of the descent, after 60 steps.',
  );
});
