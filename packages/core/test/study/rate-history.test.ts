import { expect, test } from 'vitest';
import { rateHistory } from '../../src/study/rate-history.js';

const points = (...pairs: [step: number, rate: number][]) => pairs.map(([step, rate]) => ({ step, rate }));

test('a history has the first and last step of every constant part', () => {
  expect(rateHistory([1, 1, 1, 1])).toEqual(points([0, 1], [3, 1]));
  expect(rateHistory([1, 1, 1, 2, 2, 2])).toEqual(points([0, 1], [2, 1], [3, 2], [5, 2]));
  expect(rateHistory([1, 2, 3])).toEqual(points([0, 1], [1, 2], [2, 3]));
  expect(rateHistory([1, 1, 1, 2, 3, 3, 1]).map(({ step }) => step)).toEqual([0, 2, 3, 4, 5, 6]);
  expect(rateHistory([1, 2, 1, 1, 1])).toEqual(points([0, 1], [1, 2], [2, 1], [4, 1]));
});

test('a history of one step has one point, and of none has none', () => {
  expect(rateHistory([0.1])).toEqual(points([0, 0.1]));
  expect(rateHistory([])).toEqual([]);
});

test('a history of up to 1,000 changes keeps every step', () => {
  const rates = Array.from({ length: 1000 }, (_, step) => 1 / (step + 1));
  const single = ({ step, rate }: { step: number; rate: number }) => ({ step, rate: Math.fround(rate) });
  expect(rateHistory(rates).map(single)).toEqual(rates.map((rate, step) => single({ step, rate })));
});

test.each([1001, 1500, 12_345, 30_000])(
  'a history of %i changes is 1,000 steps, evenly spread, with both ends',
  (count) => {
    const rates = Array.from({ length: count }, (_, step) => 1 / (step + 1));
    const history = rateHistory(rates);
    expect(history).toHaveLength(1000);
    expect([history[0]?.step, history.at(-1)?.step]).toEqual([0, count - 1]);
    for (const { step, rate } of history) expect(Math.fround(rate)).toBe(Math.fround(rates[step] as number));
    const distances = history.slice(1).map(({ step }, i) => step - (history[i]?.step as number));
    expect(Math.min(...distances)).toBeGreaterThan(0);
    expect(Math.max(...distances) - Math.min(...distances)).toBeLessThanOrEqual(1);
  },
);

test('the rate of every step is that of the last point at or before it', () => {
  const rates = Array.from({ length: 500 }, (_, step) => Math.floor(step / 7) % 5);
  const history = rateHistory(rates);
  for (const [step, rate] of rates.entries()) expect(history.findLast((point) => point.step <= step)?.rate).toBe(rate);
});

test('constant parts count by their ends: a long staircase keeps each step of it', () => {
  const rates = Array.from({ length: 100_000 }, (_, step) => 0.5 ** Math.floor(step / 1000));
  expect(rateHistory(rates)).toHaveLength(200);
});
