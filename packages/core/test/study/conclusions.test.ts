import { describe, expect, test } from 'vitest';
import { conclude } from '../../src/study/conclusions.js';
import { type Rankable, rank } from '../../src/study/ranking.js';
import { training, trial } from './trainings.js';

describe('the conclusions', () => {
  const concluded = (seeds: number, ...trials: Rankable[]) => conclude(rank(trials), seeds);
  const two = (first: number, second: number) => [training([first]), training([second])];

  const three = (first: number, second: number, third: number) => [...two(first, second), training([third])];

  test('of a clear winner', () => {
    const tied = [
      trial('a', ...three(1, 1.1, 1.2)),
      trial('b', ...three(2, 2.1, 0.1)),
      trial('c', ...three(0.5, 1.5, 1)),
    ];
    expect(concluded(3, ...tied)).toEqual([
      'c ended with the lowest loss on the validation rows.',
      'Within the noise of 3 seeds: a; b.',
    ]);
    expect(concluded(3, trial('a', ...three(1, 1.1, 1.2)), trial('b', ...three(2, 2.1, 2.2)))).toEqual([
      'a ended with the lowest loss on the validation rows.',
      'Worse by more than the noise: b.',
    ]);
  });

  test('of one trial, and of none', () => {
    expect(concluded(3, trial('a', ...two(1, 1)))).toEqual(['a ended with the lowest loss on the validation rows.']);
    expect(conclude([], 3)).toEqual([]);
  });

  test('of too few seeds', () => {
    expect(concluded(1, trial('a', training([1])), trial('b', training([2])))).toEqual([
      'a ended with the lowest loss on the validation rows.',
      'One seed cannot tell which differences are real; three can (--repeats 3).',
    ]);
    // However far they are apart.
    expect(concluded(2, trial('a', ...two(0.1077, 0.1078)), trial('b', ...two(8.4, 8.5)))).toEqual([
      'a ended with the lowest loss on the validation rows.',
      '2 seeds cannot tell which differences are real; three can (--repeats 3).',
    ]);
  });

  test('of trials that were pruned, learnt nothing or diverged', () => {
    const trials = [
      trial('a', ...three(1, 1, 1)),
      trial('pruned', training([2], { outcome: 'pruned' })),
      trial('learnt nothing', ...three(9, 9, 9)),
      trial('diverged', training([], { outcome: 'diverged', divergedAt: 0 })),
    ];
    expect(concluded(3, ...trials)).toEqual([
      'a ended with the lowest loss on the validation rows.',
      'Stopped early, because other trials were better: pruned.',
      'No better at the end than before the first step: learnt nothing.',
      'Diverged: diverged.',
    ]);
  });

  test('of trials of which none finished', () => {
    const diverged = (name: string) => trial(name, training([], { outcome: 'diverged', divergedAt: 0 }));
    expect(concluded(3, diverged('a'))).toEqual([
      'No trial finished: it diverged, so the rates are too high for this model.',
    ]);
    expect(concluded(3, diverged('a'), diverged('b'))).toEqual([
      'No trial finished: all 2 diverged, so the rates are too high for this model.',
    ]);
    // The better ones came to diverge after the others had been stopped.
    expect(concluded(3, diverged('a'), trial('b', training([2], { outcome: 'pruned' })))).toEqual([
      'No trial finished: 1 diverged, after 1 had been stopped early because these were better. Compare without halving.',
    ]);
  });

  test('of a best trial that was better earlier', () => {
    const trials = [trial('a', training([5, 1, 3]), training([5, 1.1, 3.1])), trial('b', ...two(8, 8))];
    expect(concluded(2, ...trials)).toContain(
      'It was best after epoch 2 and got worse afterwards: fewer epochs are enough.',
    );
  });

  test('of trials none of which finished', () => {
    const lost = training([], { outcome: 'diverged', divergedAt: 0 });
    expect(concluded(1, trial('a', lost))).toEqual([
      'No trial finished: it diverged, so the rates are too high for this model.',
    ]);
    expect(concluded(1, trial('a', lost), trial('b', lost))[0]).toMatch(/^No trial finished: all 2 diverged/);
  });
});
