import { expect, test } from 'vitest';
import { seededRandom } from '../../src/random.js';
import { asynchronousHalving, asynchronousRungs, type RungJob } from '../../src/study/asynchronous-halving.js';
import { messageOf } from '../message-of.js';

const jobs = (...pairs: [trial: number, rung: number][]): RungJob[] => pairs.map(([trial, rung]) => ({ trial, rung }));

// By hand, for 16 evaluations. At least two trials must come to the end: 7 are 3 after a decision, and 1 after another.
test.each<[number, number[]]>([
  [1, [16]],
  [2, [16]],
  [3, [16]],
  [4, [8, 16]],
  [7, [8, 16]],
  [8, [4, 8, 16]],
  [15, [4, 8, 16]],
  [16, [2, 4, 8, 16]],
  [60, [1, 2, 4, 8, 16]],
])('of %i trials, evaluated 16 times', (trials, expected) => {
  expect(asynchronousRungs(trials, 16)).toEqual(expected);
});

test('with fewer evaluations there are as many decisions as some are half-way to one another', () => {
  expect(asynchronousRungs(60, 16)).toHaveLength(5);
  expect(asynchronousRungs(60, 15)).toEqual([2, 4, 8, 15]);
  expect(asynchronousRungs(10_000, 20)).toEqual([1, 3, 5, 10, 20]);
});

test('a single evaluation, at the end, is refused', () => {
  expect(messageOf(() => asynchronousRungs(4, 1))).toBe(
    'halving needs at least 2 evaluations of each training, to drop trials before the last; got 1',
  );
  expect(asynchronousRungs(3, 1)).toEqual([1]);
});

test('one worker promotes the better of two as soon as both have come to a rung, the highest rung first', () => {
  // Algorithm 2 of the paper by hand, with a reduction of 2. Losses of trials 0 to 7; lower trials are better in each pair.
  const losses = [5, 6, 3, 4, 8, 7, 1, 2];
  const halving = asynchronousHalving(8, 3);
  const taken: RungJob[] = [];
  for (let job = halving.next(); job; job = halving.next()) {
    taken.push(job);
    halving.report(job, losses[job.trial] as number);
  }
  expect(taken).toEqual(
    jobs(
      ...([
        [0, 0],
        [1, 0],
        // 5 is the better of 5 and 6.
        [0, 1],
        [2, 0],
        // One in three is in the better half, rounded down: 3 now, which is not promoted yet.
        [2, 1],
        // Of the two in rung 1, 3 is the better.
        [2, 2],
        [3, 0],
        // 3 and 4 are the better half of 3, 4, 5, 6.
        [3, 1],
        [4, 0],
        [5, 0],
        // The better half of six is 3, 4, 5: all are promoted.
        [6, 0],
        // 1 is the best of seven.
        [6, 1],
        // Rung 1 has 1, 3, 4, 5: 1 and 3 are the better half.
        [6, 2],
        [7, 0],
        [7, 1],
        // Rung 1 has 1, 2, 3, 4, 5: 1 and 2 are the better half, rounded down.
        [7, 2],
      ] as [number, number][]),
    ),
  );
  expect(halving.next()).toBe(null);
});

test('four workers begin four trials; nothing is promoted before two have come to a rung', () => {
  const halving = asynchronousHalving(5, 2);
  expect([halving.next(), halving.next(), halving.next(), halving.next()]).toEqual(
    jobs([0, 0], [1, 0], [2, 0], [3, 0]),
  );
  halving.report({ trial: 3, rung: 0 }, 9);
  expect(halving.next()).toEqual({ trial: 4, rung: 0 });
  expect(halving.next()).toBe(null);
  halving.report({ trial: 0, rung: 0 }, 10);
  // It is the better of two, if only of those that are there.
  expect(halving.next()).toEqual({ trial: 3, rung: 1 });
  halving.report({ trial: 1, rung: 0 }, 1);
  expect(halving.next()).toEqual({ trial: 1, rung: 1 });
  halving.report({ trial: 2, rung: 0 }, 2);
  // 1 and 2 are the better half of four, though 9 was promoted before.
  expect(halving.next()).toEqual({ trial: 2, rung: 1 });
  halving.report({ trial: 4, rung: 0 }, 0);
  expect(halving.next()).toEqual({ trial: 4, rung: 1 });
  expect(halving.next()).toBe(null);
});

test('a trial that diverged counts among those of its rung, and is never promoted', () => {
  const halving = asynchronousHalving(4, 2);
  for (let trial = 0; trial < 4; trial++) halving.next();
  for (const trial of [0, 1, 2, 3]) halving.report({ trial, rung: 0 }, trial === 2 ? 5 : null);
  expect(halving.next()).toEqual({ trial: 2, rung: 1 });
  expect(halving.next()).toBe(null);
});

test('equal losses are ranked by the numbers of their trials, in whatever order they come', () => {
  const halving = asynchronousHalving(4, 2);
  for (let trial = 0; trial < 4; trial++) halving.next();
  for (const trial of [3, 1, 2, 0]) halving.report({ trial, rung: 0 }, 7);
  expect([halving.next(), halving.next(), halving.next()]).toEqual([...jobs([0, 1], [1, 1]), null]);
});

test('where others diverged, the two best that are left are trained whole all the same', () => {
  const halving = asynchronousHalving(8, 3);
  const losses = [null, null, 7, null, 3, null, 5, null];
  const taken: RungJob[] = [];
  for (let job = halving.next(); job; job = halving.next()) {
    taken.push(job);
    halving.report(job, losses[job.trial] as number | null);
  }
  // By hand: all three are promoted at the first rung, since those that diverged count there. At the second 3 is the better of 3 and 7, and still
  // the only one in the better half of 3, 5 and 7. With nothing else left to be trained, 5 goes on too.
  const end = (trial: number): RungJob => ({ trial, rung: 2 });
  expect(taken.filter(({ rung }) => rung === 2)).toEqual([end(4), end(6)]);
  expect(taken.at(-1)).toEqual(end(6));
});

test('a single trial that does not diverge is trained whole; where all diverge, none is', () => {
  for (const only of [undefined, 0, 5, 13]) {
    const halving = asynchronousHalving(14, 3);
    const taken: RungJob[] = [];
    for (let job = halving.next(); job; job = halving.next()) {
      taken.push(job);
      halving.report(job, job.trial === only ? 1 : null);
    }
    expect(taken.filter(({ rung }) => rung > 0)).toEqual(
      only === undefined ? [] : [1, 2].map((rung) => ({ trial: only, rung })),
    );
  }
});

/** The trials that came to the end. */
function wholeIn(reported: readonly ReadonlyMap<number, number | null>[]): number[] {
  return [...(reported.at(-1) ?? [])].flatMap(([trial, loss]) => (loss === null ? [] : [trial]));
}

test('laws, for any number of trials and workers and any order of completion', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seededRandom(seed, 'laws');
    const trials = 1 + Math.floor(random() * 40);
    const workers = 1 + Math.floor(random() * 9);
    const rungs = asynchronousRungs(trials, 64).length;
    const halving = asynchronousHalving(trials, rungs);
    const running: RungJob[] = [];
    const reported = Array.from({ length: rungs }, () => new Map<number, number | null>());
    const begun = new Set<string>();
    for (;;) {
      while (running.length < workers) {
        const job = halving.next();
        if (!job) break;
        const { trial, rung } = job;
        // No part of a trial is trained twice, and none before the part that it goes on from.
        expect(begun.has(`${trial}/${rung}`)).toBe(false);
        begun.add(`${trial}/${rung}`);
        if (rung > 0) {
          const below = reported[rung - 1] as Map<number, number | null>;
          const loss = below.get(trial) as number;
          const before = [...below.values()].filter((other) => other !== null && other < loss).length;
          // Fewer than half of those there are before a promoted one, unless nothing else is left that could come to the end.
          const isLast = running.length === 0 && reported[0]?.size === trials && wholeIn(reported).length < 2;
          if (!isLast) expect(before + 1).toBeLessThanOrEqual(Math.floor(below.size / 2));
        }
        running.push(job);
      }
      const [job] = running.splice(Math.floor(random() * running.length), 1);
      if (!job) break;
      const loss = random() < 0.1 ? null : random();
      halving.report(job, loss);
      reported[job.rung]?.set(job.trial, loss);
    }
    // All trials are begun, and in the end the better half of each rung has gone on.
    expect(reported[0]?.size).toBe(trials);
    // Two come to the end, or all that did not diverge.
    const lost = new Set(
      reported.flatMap((all) => [...all].flatMap(([trial, loss]) => (loss === null ? [trial] : []))),
    );
    expect(wholeIn(reported).length).toBeGreaterThanOrEqual(Math.min(2, trials - lost.size));
    for (let rung = 0; rung < rungs - 1; rung++) {
      const all = [...(reported[rung] as Map<number, number | null>)];
      const finite = all.filter((each): each is [number, number] => each[1] !== null).sort(([, a], [, b]) => a - b);
      for (const [trial] of finite.slice(0, Math.floor(all.length / 2)))
        expect(reported[rung + 1]?.has(trial)).toBe(true);
    }
  }
});

test('with one worker and no more than chance, about half of a rung is promoted', () => {
  // The paper bounds the wrongly promoted by the square root of the number of trials, up to a constant.
  for (let seed = 0; seed < 20; seed++) {
    const random = seededRandom(seed, 'promoted');
    const trials = 1000;
    const halving = asynchronousHalving(trials, 2);
    const losses = Array.from({ length: trials }, random);
    let promoted = 0;
    for (let job = halving.next(); job; job = halving.next()) {
      promoted += job.rung;
      halving.report(job, losses[job.trial] as number);
    }
    expect(promoted).toBeGreaterThanOrEqual(trials / 2);
    expect(promoted).toBeLessThanOrEqual(trials / 2 + 2 * Math.sqrt(trials));
  }
});

test('decides on twenty thousand trials in less than a millisecond each', () => {
  const random = seededRandom(0, 'many');
  const halving = asynchronousHalving(20_000, 13);
  let decided = 0;
  const began = performance.now();
  for (let job = halving.next(); job; job = halving.next()) {
    decided += 1;
    halving.report(job, random());
  }
  expect(decided).toBeGreaterThan(39_000);
  expect((performance.now() - began) / decided).toBeLessThan(1);
});
