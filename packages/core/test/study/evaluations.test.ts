import { expect, test } from 'vitest';
import type { Evaluation } from '../../src/results/training.js';
import { evaluationSteps, lowestEvaluation, measures } from '../../src/study/evaluations.js';

const evaluations = (losses: readonly (number | null | undefined)[]): Evaluation[] =>
  losses.map((loss, i) => ({
    step: i + 1,
    epoch: i + 1,
    rate: 0.1,
    training: { loss: 0, metrics: {} },
    validation: loss === undefined ? null : { loss, metrics: {} },
    seconds: i,
  }));

test.each<[string, (number | null | undefined)[], number | undefined]>([
  ['the lowest', [3, 1, 2], 2],
  ['the first of equal ones', [2, 1, 1], 2],
  ['a negative one', [0, -2, -1], 2],
  ['none that was not measured or not finite', [undefined, null, 4, Number.NaN], 3],
  ['nothing where there is none', [undefined, null], undefined],
])('the lowest evaluation is %s', (_, losses, step) => {
  expect(lowestEvaluation(evaluations(losses))?.step).toBe(step);
});

test('a training in epochs is evaluated at the end of each', () => {
  expect(evaluationSteps({ epochs: 3 }, 7)).toEqual([7, 14, 21]);
  expect(evaluationSteps({ epochs: 2, steps: undefined }, 1)).toEqual([1, 2]);
  expect(evaluationSteps({ epochs: 1 }, 1)).toEqual([1]);
});

test('a training in steps is evaluated 20 times, evenly spread, or at each of fewer steps', () => {
  expect(evaluationSteps({ epochs: 3, steps: 100 }, 7)).toEqual(Array.from({ length: 20 }, (_, i) => 5 * (i + 1)));
  expect(evaluationSteps({ epochs: 3, steps: 20 }, 7)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(evaluationSteps({ epochs: 3, steps: 2 }, 7)).toEqual([1, 2]);
});

test('evaluations in steps increase by equal distances up to the end, for any number of steps', () => {
  for (let steps = 1; steps <= 500; steps++) {
    const found = evaluationSteps({ epochs: 1, steps }, 9);
    expect(found).toHaveLength(Math.min(20, steps));
    expect(found.at(-1)).toBe(steps);
    for (const [i, step] of found.entries())
      expect(Math.abs(step - ((i + 1) * steps) / found.length)).toBeLessThanOrEqual(0.5);
    const distances = found.map((step, i) => step - (found[i - 1] ?? 0));
    expect(Math.min(...distances)).toBeGreaterThan(0);
    expect(Math.max(...distances) - Math.min(...distances)).toBeLessThanOrEqual(1);
  }
});

test('measures have names, and null for a value that is not finite', () => {
  expect(measures([0.5, 0.9, Number.NaN], ['accuracy', 'error'])).toEqual({
    loss: 0.5,
    metrics: { accuracy: 0.9, error: null },
  });
  expect(measures([Number.POSITIVE_INFINITY], [])).toEqual({ loss: null, metrics: {} });
  expect(measures([], ['accuracy'])).toEqual({ loss: null, metrics: { accuracy: null } });
});
