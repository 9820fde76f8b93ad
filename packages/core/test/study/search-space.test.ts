import { describe, expect, test } from 'vitest';
import {
  type Configuration,
  checkRange,
  configurationsIn,
  parseRange,
  powersOfTwo,
  randomSampler,
  type SearchSpace,
} from '../../src/study/search-space.js';
import { messageOf } from '../message-of.js';

/** So many draws of a new sampler. */
function drawConfigurations(space: SearchSpace, count: number, seed: number): Configuration[] {
  const sampler = randomSampler(space, seed);
  return Array.from({ length: count }, () => sampler.draw([]));
}

const space: SearchSpace = {
  learningRate: { low: 1e-5, high: 1 },
  schedule: ['constant', 'one-cycle'],
  decays: [true, false],
  batchSize: [16, 32, 64],
  weightDecay: { low: 1e-6, high: 1e-2 },
};
const count = <Value>(values: readonly Value[], value: Value) => values.filter((each) => each === value).length;

describe('what is drawn', () => {
  const drawn = drawConfigurations(space, 3000, 7);

  test('is within the ranges and lists, none twice', () => {
    for (const { learningRate, schedule, optimizer, batchSize, weightDecay } of drawn) {
      expect(learningRate).toBeGreaterThanOrEqual(1e-5);
      expect(learningRate).toBeLessThanOrEqual(1);
      expect(space.schedule).toContain(schedule);
      expect([0, 1]).toContain(optimizer);
      expect(space.batchSize).toContain(batchSize);
      // The second optimizer has no weight decay that is searched.
      if (optimizer === 1) expect(weightDecay).toBe(null);
      else expect(weightDecay).toBeGreaterThanOrEqual(1e-6);
    }
    expect(new Set(drawn.map((each) => JSON.stringify(each))).size).toBe(3000);
  });

  test('is as likely in each decade, and has each value of a list as often', () => {
    // Counts of 3000 draws are binomial: within four standard deviations but for one case in 16,000.
    const near = (found: number, share: number) =>
      expect(Math.abs(found - 3000 * share)).toBeLessThan(4 * Math.sqrt(3000 * share * (1 - share)));
    for (let decade = -5; decade < 0; decade++)
      near(drawn.filter(({ learningRate }) => Math.floor(Math.log10(learningRate)) === decade).length, 1 / 5);
    for (const batchSize of space.batchSize)
      near(
        count(
          drawn.map((each) => each.batchSize),
          batchSize,
        ),
        1 / 3,
      );
    for (const schedule of space.schedule)
      near(
        count(
          drawn.map((each) => each.schedule),
          schedule,
        ),
        1 / 2,
      );
    near(drawn.filter(({ weightDecay }) => weightDecay === null).length, 1 / 2);
  });

  test('has at most four digits', () => {
    for (const { learningRate } of drawn) expect(Number(learningRate.toPrecision(4))).toBe(learningRate);
  });
});

test('equal seeds draw the same, others do not; a larger search begins with the smaller one', () => {
  const sixty = drawConfigurations(space, 60, 0);
  expect(drawConfigurations(space, 60, 0)).toEqual(sixty);
  expect(drawConfigurations(space, 60, 1)).not.toEqual(sixty);
  expect(drawConfigurations(space, 90, 0).slice(0, 60)).toEqual(sixty);
});

test('another range of one dimension leaves the others as they are', () => {
  const rates = drawConfigurations(space, 60, 0).map(({ learningRate }) => learningRate);
  const changed = drawConfigurations({ ...space, batchSize: [8, 1024], schedule: ['cosine'] }, 60, 0);
  expect(changed.map(({ learningRate }) => learningRate)).toEqual(rates);
});

test('a space of a few configurations is drawn whole, and no further', () => {
  const few: SearchSpace = {
    learningRate: [0.1, 0.01],
    schedule: ['constant'],
    decays: [true, false],
    batchSize: [8],
    weightDecay: [0.1, 0.2],
  };
  // Two rates with two weight decays, and two rates without.
  const all = drawConfigurations(few, 6, 3);
  expect(
    new Set(all.map(({ learningRate, optimizer, weightDecay }) => `${learningRate} ${optimizer} ${weightDecay}`)),
  ).toEqual(new Set(['0.1 0 0.1', '0.1 0 0.2', '0.01 0 0.1', '0.01 0 0.2', '0.1 1 null', '0.01 1 null']));
  expect(messageOf(() => drawConfigurations(few, 7, 3))).toBe(
    'search.trials must be at most the number of configurations that differ, 6; got more',
  );
});

test('all configurations of lists can be drawn, and their number is known', () => {
  const lists = {
    ...{ learningRate: [0.1, 0.01, 0.001], schedule: ['constant', 'cosine'], batchSize: [16, 32, 64, 128] },
    // Three weight decays of the first optimizer, none of the second: 3 · 2 · 4 · (3 + 1).
    ...{ decays: [true, false], weightDecay: [0, 0.1, 0.2] },
  };
  expect(configurationsIn(lists)).toBe(96);
  expect(new Set(drawConfigurations(lists, 96, 0).map((each) => JSON.stringify(each))).size).toBe(96);
  // 0.1, 0.1001, … 1: 9001 rates.
  expect(configurationsIn({ ...lists, learningRate: { low: 0.1, high: 1 } })).toBe(9001 * 32);
  expect(configurationsIn({ ...lists, decays: [false] })).toBe(24);
});

// By hand. Ends of more digits stand for themselves.
test.each<[number, number, number]>([
  [0.1, 0.1005, 6],
  [0.1, 1, 9001],
  [1e-5, 1, 45_001],
  [9.998, 10.01, 4],
  [0.10002, 0.10003, 1],
  [0.10004, 0.10016, 3],
])('from %d to %d there are %i numbers of four digits, and all are drawn', (low, high, numbers) => {
  const narrow = { learningRate: { low, high }, schedule: ['constant'], decays: [false], batchSize: [32] };
  expect(configurationsIn(narrow)).toBe(numbers);
  if (numbers > 6) return;
  const drawn = drawConfigurations(narrow, numbers, 0);
  expect(new Set(drawn.map(({ learningRate }) => learningRate)).size).toBe(numbers);
  expect(messageOf(() => drawConfigurations(narrow, numbers + 1, 0))).toBe(
    `search.trials must be at most the number of configurations that differ, ${numbers}; got more`,
  );
});

describe('a range', () => {
  test.each<[string, object | null]>([
    ['1e-5..1', { low: 1e-5, high: 1 }],
    [' 16 .. 256 ', { low: 16, high: 256 }],
    ['.5..0.6', { low: 0.5, high: 0.6 }],
    ['1..0.1', { low: 1, high: 0.1 }],
    ['0.1', null],
    ['find', null],
  ])('%s', (text, expected) => {
    expect(parseRange(text, '--lr')).toEqual(expected);
  });

  test.each<[string, string]>([
    ['1..', '--lr must be two numbers with .. between them, such as 1e-5..1; got "1.."'],
    ['..1', '--lr must be two numbers with .. between them, such as 1e-5..1; got "..1"'],
    ['1..2..3', '--lr must be two numbers with .. between them, such as 1e-5..1; got "1..2..3"'],
    ['a..1', '--lr must be two numbers with .. between them, such as 1e-5..1; got "a..1"'],
    ['1e-5...1', '--lr must be two numbers with .. between them, such as 1e-5..1; got "1e-5...1"'],
  ])('%s is refused', (text, message) => {
    expect(messageOf(() => parseRange(text, '--lr'))).toBe(message);
  });

  test.each<[unknown, string]>([
    [{ low: 1, high: 0.1 }, '1 to 0.1'],
    [{ low: 1, high: 1 }, '1 to 1'],
    [{ low: 0, high: 1 }, '0 to 1'],
    [{ low: -1, high: 1 }, '-1 to 1'],
    [{ low: 1, high: 1e99 }, '1 to 1e+99'],
    [{ low: Number.NaN, high: 1 }, 'NaN to 1'],
    [{ low: 1 }, '1 to undefined'],
    [{ low: '1', high: 2 }, '"1" to 2'],
    [null, 'null'],
    [3, '3'],
    ['a', '"a"'],
  ])('of %j is refused', (range, got) => {
    expect(messageOf(() => checkRange(range, '--lr'))).toBe(
      `--lr must go from a number to a higher one, both from 1e-37 to 1e+37, since numbers are drawn by their logarithm; got ${got}`,
    );
  });

  test('stands for its powers of two as a batch size', () => {
    expect(powersOfTwo({ low: 16, high: 256 }, 'batch')).toEqual([16, 32, 64, 128, 256]);
    expect(powersOfTwo({ low: 1, high: 9 }, 'batch')).toEqual([1, 2, 4, 8]);
    expect(messageOf(() => powersOfTwo({ low: 17, high: 31 }, '--batch-size'))).toBe(
      '--batch-size must hold a power of two, of which batch sizes are drawn; got 17 to 31',
    );
  });

  test.each([
    [1.5, 8],
    [0, 8],
    [-4, 8],
    [8, 1],
    [16, 16],
    [16, Number.POSITIVE_INFINITY],
  ])('of batch sizes from %d to %d is refused', (low, high) => {
    expect(messageOf(() => powersOfTwo({ low, high }, '--batch-size'))).toBe(
      `--batch-size must go from a number to a higher one, both whole and at least 1; got ${low} to ${high}`,
    );
  });
});
