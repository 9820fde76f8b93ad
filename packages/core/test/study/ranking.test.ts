import { describe, expect, test } from 'vitest';
import { type Rankable, rank } from '../../src/study/ranking.js';
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

  test('puts a trial last of which a training failed, even if another one of it has finished', () => {
    const failed = { outcome: 'failed', failure: 'no memory' } as const;
    const trials = [
      trial('failed once', training([0.1]), training([], failed)),
      trial('diverged', training([], { outcome: 'diverged', divergedAt: 3 }), training([1])),
      trial('finished', training([8]), training([8])),
    ];
    expect(order(trials)).toEqual(['finished', 'diverged', 'failed once']);
    expect(rank(trials)[2]).toMatchObject({ outcome: 'failed', loss: null, spread: null, best: null, metrics: {} });
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

  test('compares a loss above the first one as if it were that one, and says so', () => {
    // 1000, 10 and 12 count as 9, the loss at the start: all are 8 behind the best.
    const [best, failed] = [
      [1, 1, 1],
      [1000, 10, 12],
    ].map((losses) => losses.map((loss) => training([loss]))) as [
      Rankable['trainings'][0][],
      Rankable['trainings'][0][],
    ];
    const [, ranked] = rank([trial('best', ...best), trial('failed', ...failed)]);
    expect(ranked?.behind).toEqual({ difference: 8, low: 8, high: 8, verdict: 'worse', capped: true });
    expect(ranked?.loss).toBeCloseTo(1022 / 3, 10);
    expect(rank([trial('best', ...best), trial('fine', ...best)])[1]?.behind).not.toHaveProperty('capped');
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
