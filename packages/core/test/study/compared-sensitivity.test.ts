import { describe, expect, test } from 'vitest';
import type { TrialResult } from '../../src/results/comparison.js';
import { comparedSensitivity, comparedSensitivityTexts } from '../../src/study/compared-sensitivity.js';
import { training } from './trainings.js';

/** A trial that begins at a loss of 9 and ends at these losses, one for each seed; null diverged. */
function compared(
  learningRate: string,
  ends: readonly (number | null)[],
  { optimizer = 'sgd', batchSize = 32, model = 'net', outcome = 'finished' as 'finished' | 'pruned' } = {},
): TrialResult {
  const recipe = { learningRate, suggestion: null, optimizer: { name: optimizer }, batchSize, rates: [] };
  const trainings = ends.map((end, seed) =>
    end === null ? training([], { seed, outcome: 'diverged', divergedAt: 3 }) : training([end], { seed, outcome }),
  );
  return { name: `${optimizer} ${learningRate}`, model, parameters: 3, recipe, trainings, notes: [] };
}

describe('the sensitivity of compared trials', () => {
  test('is that of the trials that differ in their constant rate alone', () => {
    const trials = [compared('0.03', [2, 2]), compared('0.01', [1, 1]), compared('0.003', [5, 5])];
    expect(comparedSensitivity(trials)).toMatchObject([
      {
        trials: ['sgd 0.003', 'sgd 0.01', 'sgd 0.03'],
        best: 0.01,
        lower: { rate: 0.003, share: 0.5 },
        higher: { rate: 0.03, share: 0.125 },
        step: 10,
      },
    ]);
  });

  test('each optimizer, batch size and model has its own, and schedules none', () => {
    const trials = ['adam', 'sgd'].flatMap((optimizer) =>
      ['0.01', '0.03'].map((rate, i) => compared(rate, [1 + i, 1 + i], { optimizer })),
    );
    const others = [
      compared('0.03', [0.5, 0.5], { batchSize: 64 }),
      compared('0.03', [0.5, 0.5], { model: 'other' }),
      compared('cosine(0.03, steps=10)', [0.5, 0.5]),
      compared('function warm', [0.5, 0.5]),
    ];
    const found = comparedSensitivity([...trials, ...others]);
    expect(found.map(({ trials: names }) => names)).toEqual([
      ['adam 0.01', 'adam 0.03'],
      ['sgd 0.01', 'sgd 0.03'],
    ]);
    expect(comparedSensitivityTexts(found, trials)).toEqual([
      'Half a decade above adam 0.01 costs 13 % of the descent (13 to 13 %), after 10 steps.',
      'Half a decade above sgd 0.01 costs 13 % of the descent (13 to 13 %), after 10 steps.',
    ]);
    expect(comparedSensitivityTexts(found.slice(0, 1), trials)[0]).toMatch(/^Half a decade above the best rate costs/);
  });

  test('a trial that diverged has lost all, one that was pruned does not count', () => {
    const best = compared('0.01', [1, 1]);
    expect(comparedSensitivity([best, compared('0.03', [1.5, null])])).toMatchObject([
      { higher: { share: (0.5 + 8) / 2 / 8 } },
    ]);
    expect(comparedSensitivity([best, compared('0.03', [null, null])])).toMatchObject([{ higher: { share: 1 } }]);
    expect(comparedSensitivity([best, compared('0.03', [2, 2], { outcome: 'pruned' })])).toEqual([]);
  });

  test('nothing for one rate, rates further apart than a decade, and for a rate of 0', () => {
    expect(comparedSensitivity([compared('0.01', [1])])).toEqual([]);
    expect(comparedSensitivity([compared('0.01', [1]), compared('0.0001', [3])])).toEqual([]);
    expect(comparedSensitivity([compared('0', [9]), compared('0.01', [1])])).toEqual([]);
    expect(comparedSensitivity([])).toEqual([]);
  });
});
