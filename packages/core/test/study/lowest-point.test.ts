import { expect, test } from 'vitest';
import { lowestEvaluation } from '../../src/study/lowest-point.js';
import type { Evaluation } from '../../src/results/training.js';

const points = (losses: readonly (number | null | undefined)[]): Evaluation[] =>
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
])('the lowest point is %s', (_, losses, step) => {
  expect(lowestEvaluation(points(losses))?.step).toBe(step);
});
