import { expect, test } from 'vitest';
import { stepLine } from '../../src/curves/step-line.js';

const stairs = (at: number, inclusive: boolean) => (step: number) =>
  step < at || (inclusive && step === at) ? 0.1 : 0.01;

test('has every whole step, and points between them where a step is wider than half a pixel', () => {
  const line = stepLine((step) => step, 10, 20);
  expect(line).toEqual(Array.from({ length: 41 }, (_, i) => ({ step: i / 4, value: i / 4 })));
  expect(stepLine((step) => step, 1000, 20)).toHaveLength(1001);
});

test.each([
  ['before the boundary', false],
  ['after it', true],
])('has both sides of a jump at its place, whether the boundary has the rate %s', (_, inclusive) => {
  // No point of the grid, which has halves; and one of them.
  for (const at of [3.3, 4]) {
    const line = stepLine(stairs(at, inclusive), 10, 10);
    expect(line.filter(({ step }) => step === at).map(({ value }) => value)).toEqual(
      expect.arrayContaining([0.1, 0.01]),
    );
    for (const { step, value } of line) if (step !== at) expect(value).toBe(step < at ? 0.1 : 0.01);
    expect(line.map(({ step }) => step)).toEqual(line.map(({ step }) => step).toSorted((a, b) => a - b));
  }
});

test('finds a jump on a slope, and none in a slope, however steep', () => {
  const count = (of: (step: number) => number) => stepLine(of, 10, 10).length - stepLine(() => 0, 10, 10).length;
  expect(count((step) => step / 10 + (step < 5.2 ? 0 : 3))).toBe(2);
  expect(count((step) => 100 * step)).toBe(0);
  expect(count((step) => Math.sqrt(step))).toBe(0);
  expect(count((step) => Math.exp(-3 * step))).toBe(0);
});

test('keeps a peak of one step among many to a pixel', () => {
  const line = stepLine((step) => (step === 77_777 ? 1 : 0), 100_000, 700);
  expect(line.filter(({ value }) => value === 1)).toEqual([{ step: 77_777, value: 1 }]);
});
