import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/random.js';
import { pairedDifference, pairedDifferences } from '../../src/study/paired-differences.js';

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
    // In float32.
    expect(low).toBeCloseTo(3 - 4.3027 * Math.sqrt(7 / 3), 6);
    expect(high).toBeCloseTo(3 + 4.3027 * Math.sqrt(7 / 3), 6);
    expect(verdict).toBe('same');
  });

  test('of one or two seeds has no interval, however great it is', () => {
    expect(pairedDifference([3], [1])).toEqual({ difference: 2, low: null, high: null, verdict: 'unknown' });
    expect(pairedDifference([24, 26], [1, 1])).toEqual({ difference: 24, low: null, high: null, verdict: 'unknown' });
  });
});

describe('paired differences of several trials', () => {
  test('by hand: each borrows from the scatter of the other', () => {
    const [noisy, steady] = pairedDifferences(
      [
        [2, 3, 7],
        [2, 2, 5],
      ],
      [1, 1, 1],
    );
    // Levels (4 + 1)/2 and (3 + 1)/2. Variances of 1, 2, 6 and of 1, 1, 4: 7 and 3; relative 7/6.25 and 3/4. With two degrees of
    // freedom the logarithm of a variance lacks γ: the common one is √(1.12 · 0.75) · e^γ = 0.916515 · 1.781072 = 1.632380.
    // It counts as one degree of freedom beside two: (1.632380 + 2 · 1.12)/3 = 1.290793, and (1.632380 + 1.5)/3 = 1.044127.
    // Student's 97.5 % point of three degrees is 3.1824.
    expect(noisy?.difference).toBe(3);
    expect((noisy?.high as number) - 3).toBeCloseTo(3.1824 * Math.sqrt(1.290793 / 3) * 2.5, 3);
    expect((steady?.high as number) - 2).toBeCloseTo(3.1824 * Math.sqrt(1.044127 / 3) * 2, 3);
  });

  test('losses that may be negative are taken as they are', () => {
    const [first] = pairedDifferences(
      [
        [0, 1, 5],
        [0, 0, 3],
      ],
      [-1, -1, -1],
    );
    // Variances 7 and 3, common √21 · e^γ = 8.161924; (8.161924 + 14)/3 = 7.387308.
    expect((first?.high as number) - 3).toBeCloseTo(3.1824 * Math.sqrt(7.387308 / 3), 3);
  });

  test('trials whose differences do not scatter at all are told apart, and harm no other', () => {
    const [exact, other] = pairedDifferences(
      [
        [2, 2, 2],
        [2, 3, 7],
      ],
      [1, 1, 1],
    );
    expect(exact).toEqual({ difference: 1, low: 1, high: 1, verdict: 'worse' });
    expect(other).toEqual(pairedDifference([2, 3, 7], [1, 1, 1]));
    expect(pairedDifferences([], [1, 1, 1])).toEqual([]);
  });

  describe('four trials whose noise is a share of their loss, three seeds, 3,000 times', () => {
    const uniform = seededRandom(7);
    // A sum of twelve uniform numbers less six is nearly normal.
    const noise = () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
    const means = [1, 1.2, 1.5, 2.5];
    const shares = [0.06, 0.08, 0.12, 0.1];
    const counts = { covered: 0, all: 0, moderated: 0, alone: 0, real: 0 };
    for (let i = 0; i < 3000; i++) {
      const seeds = [noise(), noise(), noise()];
      const losses = means.map((level, trial) =>
        seeds.map((seed) => level * (1 + 0.1 * seed + (shares[trial] as number) * noise())),
      );
      const [best, ...others] = losses as [number[], ...number[][]];
      for (const [at, { low, high, verdict }] of pairedDifferences(others, best).entries()) {
        const truth = (means[at + 1] as number) - 1;
        counts.all += 1;
        if ((low as number) <= truth && truth <= (high as number)) counts.covered += 1;
        if (verdict === 'worse') counts.moderated += 1;
        if (pairedDifference(others[at] as number[], best).verdict === 'worse') counts.alone += 1;
      }
    }

    test('the interval covers the truth in 95 of 100 cases, or a few more where trials do scatter alike', () => {
      // Four standard deviations of a binomial are 0.009.
      expect(counts.covered / counts.all).toBeGreaterThan(0.941);
      expect(counts.covered / counts.all).toBeLessThan(0.979);
    });

    test('more real differences are found than by Student alone', () => {
      expect(counts.moderated).toBeGreaterThan(1.1 * counts.alone);
    });
  });
});
