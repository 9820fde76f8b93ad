import { expect, test } from 'vitest';
import { seededRandom, withMathRandom } from '../src/random.js';

const draws = (random: () => number, count = 5) => Array.from({ length: count }, random);

test('equal seeds and purposes give equal streams, others differ', () => {
  expect(draws(seededRandom(3, 'batches'))).toEqual(draws(seededRandom(3, 'batches')));
  const streams = [seededRandom(0, 'a'), seededRandom(1, 'a'), seededRandom(0, 'b'), seededRandom(0, 'a', 1)];
  expect(new Set(streams.map((random) => random())).size).toBe(4);
});

test('numbers are uniform from 0 to below 1', () => {
  const numbers = draws(seededRandom(0, 'test'), 10_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  // Five standard deviations of the mean of 10,000 uniform numbers are 0.0145.
  expect(Math.abs(numbers.reduce((sum, value) => sum + value, 0) / 10_000 - 0.5)).toBeLessThan(0.0145);
});

test('Math.random draws from the stream within the action, and is put back, also after an error', () => {
  const original = Math.random;
  expect(withMathRandom(seededRandom(0), () => draws(Math.random))).toEqual(draws(seededRandom(0)));
  expect(Math.random).toBe(original);
  const fail = () => {
    throw new Error('broken');
  };
  expect(() => withMathRandom(seededRandom(0), fail)).toThrow('broken');
  expect(Math.random).toBe(original);
});
