import { describe, expect, test } from 'vitest';
import { type Configuration, randomSampler, type Sampler, type SearchSpace } from '../../src/study/search-space.js';
import { normalShare, tpeSampler } from '../../src/study/tpe-sampler.js';
import { messageOf } from '../message-of.js';

const space: SearchSpace = {
  learningRate: { low: 1e-5, high: 1 },
  schedule: ['constant', 'cosine', 'one-cycle'],
  decays: [true, false],
  batchSize: [16, 32, 64, 128],
  weightDecay: { low: 1e-6, high: 1e-2 },
};

/** A smooth loss with one optimizer at 0.003 and the other at 0.1, best with cosine and small batches. */
function lossOf({ learningRate, optimizer, schedule, batchSize }: Configuration): number {
  const best = optimizer === 0 ? 0.003 : 0.1;
  return Math.log10(learningRate / best) ** 2 + (schedule === 'cosine' ? 0 : 0.3) + Math.log2(batchSize / 16) / 10;
}

/** Draws and ranks so many configurations by that loss. */
function searched(sampler: Sampler, count: number): Configuration[] {
  const drawn: Configuration[] = [];
  for (let i = 0; i < count; i++) {
    const ranked = drawn
      .map((_, number) => number)
      .sort((a, b) => lossOf(drawn[a] as Configuration) - lossOf(drawn[b] as Configuration));
    drawn.push(sampler.draw(ranked));
  }
  return drawn;
}

test('the first ten are those of the random sampler, and equal ranks give equal configurations', () => {
  const drawn = searched(tpeSampler(space, 5), 40);
  expect(drawn.slice(0, 10)).toEqual(searched(randomSampler(space, 5), 10));
  expect(searched(tpeSampler(space, 5), 40)).toEqual(drawn);
  expect(searched(tpeSampler(space, 6), 40)).not.toEqual(drawn);
  expect(new Set(drawn.map((each) => JSON.stringify(each))).size).toBe(40);
});

test('on a smooth loss it comes nearer to the minimum than chance, with nearly every seed', () => {
  const least = (sampler: Sampler) => Math.min(...searched(sampler, 60).map(lossOf));
  const wins = Array.from(
    { length: 40 },
    (_, seed) => least(tpeSampler(space, seed)) <= least(randomSampler(space, seed)),
  );
  // 40 fair coins show 30 heads or more in one case in a thousand.
  expect(wins.filter(Boolean).length).toBeGreaterThanOrEqual(30);
});

test('what it draws stays in the space, whatever did well', () => {
  for (let seed = 0; seed < 10; seed++) {
    const sampler = tpeSampler(space, seed);
    const order: number[] = [];
    for (let i = 0; i < 80; i++) {
      const { learningRate, weightDecay, optimizer, batchSize, schedule } = sampler.draw(order);
      expect(learningRate >= 1e-5 && learningRate <= 1).toBe(true);
      expect(
        optimizer === 1 ? weightDecay === null : (weightDecay as number) >= 1e-6 && (weightDecay as number) <= 1e-2,
      ).toBe(true);
      expect(space.batchSize).toContain(batchSize);
      expect(space.schedule).toContain(schedule);
      // The latest is the best, so that it is drawn to edges too.
      order.unshift(i);
    }
  }
});

describe('a space of few configurations', () => {
  const few: SearchSpace = {
    learningRate: [0.1, 0.01],
    schedule: ['constant', 'cosine'],
    decays: [false],
    batchSize: [8, 16, 32, 64],
  };

  test('is drawn whole, none twice, and no further', () => {
    const sampler = tpeSampler(few, 0);
    const drawn = searched(sampler, 16);
    expect(new Set(drawn.map((each) => JSON.stringify(each))).size).toBe(16);
    expect(messageOf(() => sampler.draw(drawn.map((_, i) => i)))).toBe(
      'search.trials must be at most the number of configurations that differ, 16; got more',
    );
  });
});

// Fisher and Yates, Statistical Tables, table I.
test.each([
  [0, 0.5],
  [1, 0.8413447],
  [-1, 0.1586553],
  [1.959964, 0.975],
  [3, 0.9986501],
  [-3, 0.0013499],
])('a share of %f of a normal distribution', (value, share) => {
  expect(normalShare(value)).toBeCloseTo(share, 6);
});
