import { describe, expect, test } from 'vitest';
import { pairedDifference, type Rankable, rank } from '../../src/study/ranking.js';
import { training, trial } from './trainings.js';

const order = (trials: Rankable[]) => rank(trials).map(({ name }) => name);

describe('the ranking', () => {
  test('is by the mean of the last losses, not of the best ones', () => {
    const trials = [trial('a', training([1, 4])), trial('b', training([5, 3])), trial('c', training([5, 5]))];
    expect(order(trials)).toEqual(['b', 'a', 'c']);
    expect(rank(trials)[1]).toMatchObject({ loss: 4, best: { loss: 1, epoch: 1 }, start: 9, step: 20 });
  });

  test('puts finished trials first, then pruned ones, the longest first, then diverged ones, the longest first', () => {
    const pruned = { outcome: 'pruned' } as const;
    const diverged = (divergedAt: number) => ({ outcome: 'diverged', divergedAt }) as const;
    const trials = [
      trial('diverged soon', training([], diverged(3))),
      trial('pruned early, good', training([0.1], pruned)),
      trial('diverged late', training([0.1], diverged(17))),
      trial('finished, bad', training([8, 8, 8, 8])),
      trial('pruned late', training([7, 7], pruned)),
      trial('pruned early, bad', training([0.2], pruned)),
    ];
    expect(order(trials)).toEqual([
      'finished, bad',
      'pruned late',
      'pruned early, good',
      'pruned early, bad',
      'diverged late',
      'diverged soon',
    ]);
  });

  test('measures how late a trial was pruned in evaluations, because steps depend on the batch size', () => {
    const pruned = { outcome: 'pruned' } as const;
    const trials = [
      trial('early, many steps', training([1], pruned, 100)),
      trial('late, few steps', training([2, 2], pruned, 1)),
      trial('early, few steps', training([0.5], pruned, 1)),
    ];
    expect(order(trials)).toEqual(['late, few steps', 'early, few steps', 'early, many steps']);
  });

  test('takes a training that a callback ended as finished, with the weights that it restored', () => {
    const restored = { step: 10, epoch: 1, validation: { loss: 0.5, metrics: { accuracy: 0.95 } } };
    const trials = [
      trial('plain', training([1, 2, 1]), training([1, 2, 3])),
      trial('restored', training([1, 3], { outcome: 'stopped', restored }), training([1, 1], { restored: null })),
      // Its last loss is not finite, but the weights that it ends with have one.
      trial('rescued', training([1, null], { outcome: 'stopped', restored }), training([1, 3])),
    ];
    expect(rank(trials)).toMatchObject([
      { name: 'restored', outcome: 'finished', loss: 0.75, step: 10, metrics: { accuracy: 0.925 } },
      { name: 'rescued', outcome: 'finished', loss: 1.75, step: 10 },
      { name: 'plain', outcome: 'finished', loss: 2, step: 30 },
    ]);
    expect(rank(trials).map(({ behind }) => behind?.difference)).toEqual([undefined, 1, 1.25]);
  });

  test('measures how late a trial was pruned by the seeds that no callback ended', () => {
    const pruned = { outcome: 'pruned' } as const;
    const trials = [
      trial('early', training([0.1, 0.1], pruned), training([0.1, 0.1], pruned)),
      trial('late', training([1], { outcome: 'stopped' }), training([1, 1, 1], pruned)),
    ];
    expect(order(trials)).toEqual(['late', 'early']);
    expect(rank(trials).map(({ outcome, step }) => [outcome, step])).toEqual([
      ['pruned', 30],
      ['pruned', 20],
    ]);
    // It was pruned after its last step, though its number is of earlier weights.
    const restored = { step: 10, epoch: 1, validation: { loss: 1, metrics: {} } };
    expect(rank([trial('one', training([1, 2], { ...pruned, restored }))])[0]).toMatchObject({ loss: 1, step: 20 });
  });

  test('marks a trial as diverged if it diverged with one seed, or its last loss is not finite', () => {
    const trials = [
      trial('one seed', training([1, 1]), training([1], { outcome: 'diverged', divergedAt: 12 })),
      trial('no loss', training([1, null]), training([1, 1])),
      trial('fine', training([5, 5]), training([5, 5])),
    ];
    const ranking = rank(trials);
    expect(ranking.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['fine', 'finished'],
      ['no loss', 'diverged'],
      ['one seed', 'diverged'],
    ]);
    expect(ranking[2]).toMatchObject({ loss: null, spread: null, best: null, metrics: {}, behind: null, step: 12 });
  });

  test('compares a loss above the first one as if it were that one', () => {
    // 1000 and 10 count as 9, the loss at the start: both are 8 behind the best.
    const trials = [trial('best', training([1]), training([1])), trial('failed', training([1000]), training([10]))];
    expect(rank(trials)[1]?.behind).toEqual({ difference: 8, low: 8, high: 8, verdict: 'worse' });
    expect(rank(trials)[1]?.loss).toBe(505);
  });

  test('finds the best epoch by the mean over seeds, and the metrics by their last values', () => {
    // Means 3, 2 and 2.5.
    const [ranked] = rank([trial('a', training([1, 3, 4]), training([5, 1, 1]))]);
    expect(ranked?.best).toEqual({ epoch: 2, loss: 2 });
    expect(ranked?.metrics.accuracy).toBeCloseTo((0.6 + 0.9) / 2, 12);
    expect(ranked?.spread).toBeCloseTo(Math.sqrt(4.5), 12);
  });

  test('keeps the order of equal trials', () => {
    const trials = ['c', 'a', 'b'].map((name) => trial(name, training([1]), training([2])));
    expect(order(trials)).toEqual(['c', 'a', 'b']);
  });
});

describe('a paired difference', () => {
  test('is of seeds, one by one: what a seed does to both is no noise', () => {
    // Differences 1, 1 and 1, although the losses themselves lie far apart.
    expect(pairedDifference([11, 101, 1001], [10, 100, 1000])).toEqual({
      difference: 1,
      low: 1,
      high: 1,
      verdict: 'worse',
    });
  });

  test('by hand: differences of 1, 2 and 6', () => {
    const { difference, low, high, verdict } = pairedDifference([2, 3, 7], [1, 1, 1]);
    // Mean 3; squares of −2, −1 and 3 are 14, by two 7; √(7/3) is a standard error, 4.3027 of them reach to either side.
    expect(difference).toBe(3);
    expect(low).toBeCloseTo(3 - 4.3027 * Math.sqrt(7 / 3), 10);
    expect(high).toBeCloseTo(3 + 4.3027 * Math.sqrt(7 / 3), 10);
    expect(verdict).toBe('same');
  });

  test('of one seed has no interval', () => {
    expect(pairedDifference([3], [1])).toEqual({ difference: 2, low: null, high: null, verdict: 'unknown' });
  });

  test('covers a difference that is 0 in 95 of 100 cases', () => {
    // A sum of twelve uniform numbers less six is nearly normal.
    let state = 1;
    const uniform = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const noise = () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
    const cases = 4000;
    let covered = 0;
    for (let i = 0; i < cases; i++) {
      const { low, high } = pairedDifference([noise(), noise(), noise()], [0, 0, 0]);
      if ((low as number) <= 0 && (high as number) >= 0) covered++;
    }
    // Four standard deviations of a binomial are 0.014.
    expect(Math.abs(covered / cases - 0.95)).toBeLessThan(0.014);
  });
});
