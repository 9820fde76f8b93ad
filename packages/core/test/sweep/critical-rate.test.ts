import { describe, expect, test } from 'vitest';
import { criticalRate, MOST_PASSES } from '../../src/sweep/critical-rate.js';

/** Measures a function as `criticalRate` does, and notes the rates. */
async function found(lossAt: (rate: number) => number, guess: number) {
  const rates: number[] = [];
  const result = await criticalRate(async (rate) => {
    rates.push(rate);
    return lossAt(rate);
  }, guess);
  return { ...result, rates };
}

const guesses = [0.02, 0.1, 0.6, 1, 30];

describe('where a loss stops falling along an update', () => {
  test.each(guesses)('a parabola 1 − 3η + 5η² crosses its start at 3/5; guess %f', async (guess) => {
    const { rate, passes } = await found((eta) => 1 - 3 * eta + 5 * eta ** 2, guess);
    expect(rate).toBeCloseTo(0.6, 6);
    expect(passes).toBeLessThan(10);
  });

  test.each(guesses)(
    'a wall at 0.3, beyond which the loss is infinite, is met within a factor of 1.5; guess %f',
    async (guess) => {
      const { rate } = await found((eta) => (eta < 0.3 ? 1 - eta : Number.POSITIVE_INFINITY), guess);
      expect(rate).toBeGreaterThan(0.2);
      expect(rate).toBeLessThan(0.45);
    },
  );

  test('so is one beyond which the loss is not a number', async () => {
    const { rate } = await found((eta) => (eta < 0.3 ? 1 - eta : Number.NaN), 1);
    expect(rate).toBeGreaterThan(0.2);
    expect(rate).toBeLessThan(0.45);
  });

  // e^{5η} − 20η is 1 again where e^{5η} = 1 + 20η. With η = 0.46727: e^2.33635 = 10.3434, 1 + 20η = 10.3454.
  test.each([0.01, 0.1, 1, 10])('a loss that is no parabola: guess %f', async (guess) => {
    const { rate } = await found((eta) => Math.exp(5 * eta) - 20 * eta, guess);
    expect(rate).toBeGreaterThan(0.467 / 1.1);
    expect(rate).toBeLessThan(0.467 * 1.1);
  });

  test('units do not matter: with rates a million times as large the answer is a million times as large', async () => {
    const lossAt = (eta: number) => Math.exp(5 * eta) - 20 * eta;
    const { rate, passes } = await found(lossAt, 0.1);
    const other = await found((eta) => 7 + 1e-3 * lossAt(eta / 1e6), 1e5);
    expect(other.rate).toBeCloseTo((rate as number) * 1e6, 3);
    expect(other.passes).toBe(passes);
  });

  test('the first loss is that before the update, and never more than nine are measured', async () => {
    for (const guess of [1e-12, 1e-3, 1, 1e12]) {
      const { rates, passes } = await found((eta) => 1 - 3 * eta + 5 * eta ** 2, guess);
      expect(rates[0]).toBe(0);
      expect(rates).toHaveLength(passes);
      expect(passes).toBeLessThanOrEqual(MOST_PASSES);
    }
    expect(MOST_PASSES).toBeLessThan(10);
  });
});

describe('no rate', () => {
  test.each([
    ['the loss falls at every rate', (eta: number) => 1 / (1 + eta)],
    ['the loss rises at every rate', (eta: number) => 1 + eta],
    ['the loss does not change', () => 1],
    ['the loss is not a number from the start', () => Number.NaN],
    ['the loss is infinite from the start', () => Number.POSITIVE_INFINITY],
  ])('where %s', async (_, lossAt) => {
    expect((await found(lossAt, 0.1)).rate).toBeNull();
  });

  test('where the guess is so far away that nine losses do not find it to a factor of two', async () => {
    expect((await found((eta) => 1 - 3 * eta + 5 * eta ** 2, 1e9)).rate).toBeNull();
  });
});
