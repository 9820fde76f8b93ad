import { describe, expect, test } from 'vitest';
import { conclude } from '../../src/study/conclusions.js';
import { type Ranked, rank } from '../../src/study/ranking.js';
import { trialNames } from '../../src/study/trial-names.js';
import type { Training } from '../../src/results/training.js';
import { messageOf } from '../schedules/message-of.js';

/** A training with these losses on the held-out rows, one an epoch of `steps` steps. */
function training(losses: readonly (number | null)[], other: Partial<Training> = {}, steps = 10): Training {
  const measured = (loss: number | null) => ({ loss, metrics: { accuracy: loss === null ? null : 1 - loss / 10 } });
  const points = losses.map((loss, i) => ({
    step: (i + 1) * steps,
    epoch: i + 1,
    rate: 0.1,
    training: measured(loss),
    validation: measured(loss),
    seconds: i,
  }));
  return { seed: 0, start: measured(9), points, outcome: 'finished', divergedAt: null, ...other };
}
const run = (name: string, ...trainings: Training[]): Ranked => ({ name, trainings });
const order = (runs: Ranked[]) => rank(runs).map(({ name }) => name);

describe('the ranking', () => {
  test('is by the mean of the last losses, not of the best ones', () => {
    const runs = [run('a', training([1, 4])), run('b', training([5, 3])), run('c', training([5, 5]))];
    expect(order(runs)).toEqual(['b', 'a', 'c']);
    expect(rank(runs)[1]).toMatchObject({ loss: 4, best: { loss: 1, epoch: 1 }, start: 9, step: 20 });
  });

  test('has those that finished first, then those given up, later ones first, then those that diverged, by how far they went', () => {
    const pruned = { outcome: 'pruned' } as const;
    const diverged = (divergedAt: number) => ({ outcome: 'diverged', divergedAt }) as const;
    const runs = [
      run('diverged soon', training([], diverged(3))),
      run('given up early, good', training([0.1], pruned)),
      run('diverged late', training([0.1], diverged(17))),
      run('finished, bad', training([8, 8, 8, 8])),
      run('given up late', training([7, 7], pruned)),
      run('given up early, bad', training([0.2], pruned)),
    ];
    expect(order(runs)).toEqual([
      'finished, bad',
      'given up late',
      'given up early, good',
      'given up early, bad',
      'diverged late',
      'diverged soon',
    ]);
  });

  test('counts how late a run was given up in measurements, as steps depend on the batches', () => {
    const pruned = { outcome: 'pruned' } as const;
    const runs = [
      run('early, many steps', training([1], pruned, 100)),
      run('late, few steps', training([2, 2], pruned, 1)),
      run('early, few steps', training([0.5], pruned, 1)),
    ];
    expect(order(runs)).toEqual(['late, few steps', 'early, few steps', 'early, many steps']);
  });

  test('marks a run that diverged with one seed, or whose last loss is not finite', () => {
    const runs = [
      run('one seed', training([1, 1]), training([1], { outcome: 'diverged', divergedAt: 12 })),
      run('no loss', training([1, null]), training([1, 1])),
      run('fine', training([5, 5]), training([5, 5])),
    ];
    const ranking = rank(runs);
    expect(ranking.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['fine', 'finished'],
      ['no loss', 'diverged'],
      ['one seed', 'diverged'],
    ]);
    expect(ranking[2]).toMatchObject({ loss: null, spread: null, best: null, metrics: {}, behind: null, step: 12 });
  });

  test('compares losses above the first one as if they were that one', () => {
    // 1000 and 10 count as 9, the loss at the start: both are 8 behind the best.
    const runs = [run('best', training([1]), training([1])), run('lost', training([1000]), training([10]))];
    expect(rank(runs)[1]?.behind).toEqual({ difference: 8, low: 8, high: 8, verdict: 'worse' });
    expect(rank(runs)[1]?.loss).toBe(505);
  });

  test('finds the best epoch by the mean over seeds, and the metrics by their last values', () => {
    // Means 3, 2 and 2.5.
    const [standing] = rank([run('a', training([1, 3, 4]), training([5, 1, 1]))]);
    expect(standing?.best).toEqual({ epoch: 2, loss: 2 });
    expect(standing?.metrics.accuracy).toBeCloseTo((0.6 + 0.9) / 2, 12);
    expect(standing?.spread).toBeCloseTo(Math.sqrt(4.5), 12);
  });

  test('leaves equal runs in their order', () => {
    const runs = ['c', 'a', 'b'].map((name) => run(name, training([1]), training([2])));
    expect(order(runs)).toEqual(['c', 'a', 'b']);
  });
});

describe('the conclusions', () => {
  const concluded = (seeds: number, ...runs: Ranked[]) => conclude(rank(runs), seeds);
  const two = (first: number, second: number) => [training([first]), training([second])];

  test('of a clear winner', () => {
    expect(concluded(2, run('a', ...two(1, 1.1)), run('b', ...two(2, 2.1)), run('c', ...two(0.5, 1.5)))).toEqual([
      'c ended with the lowest loss on the held-out rows.',
      'Within the noise of 2 seeds of it: a; b.',
    ]);
    expect(concluded(2, run('a', ...two(1, 1.1)), run('b', ...two(2, 2.1)))).toEqual([
      'a ended with the lowest loss on the held-out rows.',
      'Worse by more than the noise: b.',
    ]);
  });

  test('of one run alone, and of none', () => {
    expect(concluded(3, run('a', ...two(1, 1)))).toEqual(['a ended with the lowest loss on the held-out rows.']);
    expect(conclude([], 3)).toEqual([]);
  });

  test('of one seed', () => {
    expect(concluded(1, run('a', training([1])), run('b', training([2])))).toEqual([
      'a ended with the lowest loss on the held-out rows.',
      'One seed shows no noise: more seeds tell which differences are real.',
    ]);
  });

  test('of runs that were given up, learnt nothing or diverged', () => {
    const runs = [
      run('a', ...two(1, 1)),
      run('given up', training([2], { outcome: 'pruned' })),
      run('learnt nothing', ...two(9, 9)),
      run('diverged', training([], { outcome: 'diverged', divergedAt: 0 })),
    ];
    expect(concluded(2, ...runs)).toEqual([
      'a ended with the lowest loss on the held-out rows.',
      'Given up half-way, as others were better: given up.',
      'No better at the end than before the first step: learnt nothing.',
      'Diverged: diverged.',
    ]);
  });

  test('of a best run that was better earlier', () => {
    const runs = [run('a', training([5, 1, 3]), training([5, 1.1, 3.1])), run('b', ...two(8, 8))];
    expect(concluded(2, ...runs)).toContain(
      'It was best after epoch 2 and got worse afterwards: fewer epochs would do.',
    );
  });

  test('of runs none of which finished', () => {
    const lost = training([], { outcome: 'diverged', divergedAt: 0 });
    expect(concluded(1, run('a', lost))).toEqual([
      'No run finished: it diverged, so the rates are too high for this model.',
    ]);
    expect(concluded(1, run('a', lost), run('b', lost))[0]).toMatch(/^No run finished: all 2 diverged/);
  });
});

describe('names', () => {
  const parts = (model: string, optimizer: string, learningRate: string, batchSize = 'batch 32') => ({
    model,
    optimizer,
    learningRate,
    batchSize,
  });
  const none = [undefined, undefined];

  test('are made of what differs, the rate where nothing does', () => {
    expect(trialNames([parts('m', 'adam', '0.1')], [undefined])).toEqual(['0.1']);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'adam', '0.2')], none)).toEqual(['0.1', '0.2']);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'sgd', '0.1')], none)).toEqual(['adam', 'sgd']);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('n', 'sgd', '0.1', 'batch 8')], none)).toEqual([
      'm, adam, batch 32',
      'n, sgd, batch 8',
    ]);
  });

  test('of the caller’s stay', () => {
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'adam', '0.2')], ['mine', undefined])).toEqual([
      'mine',
      '0.2',
    ]);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'adam', '0.1')], ['a', 'b'])).toEqual(['a', 'b']);
  });

  test('are refused where two would be alike', () => {
    const same = [parts('m', 'adam', '0.1'), parts('m', 'adam', '0.1')];
    const message = 'two runs are called "0.1"; each must differ from the others, or have a name of its own';
    expect(messageOf(() => trialNames(same, none))).toBe(message);
    expect(messageOf(() => trialNames(same, ['0.1', undefined]))).toBe(message);
  });
});
