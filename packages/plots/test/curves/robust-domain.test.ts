import { describe, expect, test } from 'vitest';
import { includeZero, robustDomain, robustDomainOfScores } from '../../src/curves/robust-domain.js';

const curve = (values: number[], diverged = false) => ({ values, diverged });

/** Both ends without the margin, which is 0.04 of the height between them. */
function ends([low, high]: [number, number]): [number, number] {
  const margin = (0.04 * (high - low)) / 1.08;
  return [low + margin, high - margin];
}

function expectEnds(range: [number, number], low: number, high: number): void {
  const [bottom, top] = ends(range);
  expect(bottom).toBeCloseTo(low, 9);
  expect(top).toBeCloseTo(high, 9);
}

describe('the domain of compared losses', () => {
  test('covers all trainings that went well, and the start where it is near', () => {
    expectEnds(robustDomain([curve([1, 0.5]), curve([1.4, 0.4, 0.6])], null, false), 0.4, 1.4);
    // From 1.4 to 2 is 0.6 of 1.6, less than two fifths.
    expectEnds(robustDomain([curve([1, 0.5]), curve([1.4, 0.4, 0.6])], 2, false), 0.4, 2);
  });

  test('leaves out a start from which all fell at once, unless the fall is all there is', () => {
    expectEnds(robustDomain([curve([0.4, 0.1, 0.1])], 2.3, false), 0.1, 0.4);
    expectEnds(robustDomain([curve([0.4, 0.1])], 2.3, true), 0.1, 2.3);
  });

  test('leaves out a training that exploded, be it one of two or two of five', () => {
    const good = curve([2, 1, 0.5]);
    const exploded = curve([2.2, 80, 230]);
    // At most a quarter higher than the start, 0.5 + 1.25 · 1.8 = 2.75: 2.2 is shown, 80 is not.
    expectEnds(robustDomain([good, exploded], 2.3, false), 0.5, 2.3);
    expectEnds(robustDomain([good, good, exploded, exploded, good], 2.3, false), 0.5, 2.3);
    // The median of the first losses replaces an unknown start.
    expectEnds(robustDomain([good, exploded], null, false), 0.5, 2.2);
  });

  test('extends beyond the start where a single training, or half of them, went there', () => {
    expectEnds(robustDomain([curve([0.4, 0.3, 1.2])], 0.69, false), 0.3, 1.2);
    expectEnds(robustDomain([curve([0.4, 0.3, 1.2]), curve([0.4, 1.1]), curve([0.5, 30])], 0.69, false), 0.3, 1.2);
  });

  test('does not follow a training that diverged', () => {
    expectEnds(robustDomain([curve([1, 0.5]), curve([1.5, 9], true)], 1.1, false), 0.5, 1.1);
    // Where all did: twice as high as the median, 0.5 + 2 · 0.5, or a quarter above the start.
    expectEnds(robustDomain([curve([1, 0.5, 1.4, 1e30], true)], null, false), 0.5, 1.4);
  });

  test.each([
    [[], null],
    [[curve([])], 2.3],
    [[curve([0.7])], null],
    [[curve([0, 0])], 0],
    [[curve([1e300, 1e-300])], null],
  ])('has a height also for %j and a start of %j', (curves, start) => {
    const [low, high] = robustDomain(curves, start, false);
    expect(high).toBeGreaterThan(low);
    expect(Number.isFinite(high - low)).toBe(true);
  });

  test('is mirrored for scores', () => {
    expectEnds(robustDomainOfScores([curve([0.8, 0.9, 0.95])], 0.1, false), 0.8, 0.95);
    expectEnds(robustDomainOfScores([curve([0.5, 0.9, 0.95])], 0.3, false), 0.3, 0.95);
  });
});

test('an axis that ends near 0 ends at 0, unless a value is negative', () => {
  expect(includeZero([0.02, 1], [0.05, 0.9])).toEqual([0, 1]);
  expect(includeZero([0.4, 1], [0.45, 0.9])).toEqual([0.4, 1]);
  expect(includeZero([-0.2, 1], [-0.1, 0.9])).toEqual([-0.2, 1]);
});
