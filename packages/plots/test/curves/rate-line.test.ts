import { describe, expect, test } from 'vitest';
import { rateLine, rateScale } from '../../src/curves/rate-line.js';

const line = (rates: number[], length = 1) =>
  rateLine(
    rates.map((rate, step) => ({ step, rate })),
    length,
    rates.length,
  );
const pairs = (rates: ReturnType<typeof line>) => rates.map(({ time, rate }) => [time, rate]);

describe('the line of rates', () => {
  test('has vertical jumps at the step with the new rate, and reaches to the end of the last step', () => {
    const rates = [
      { step: 0, rate: 0.1 },
      { step: 29, rate: 0.1 },
      { step: 30, rate: 0.01 },
      { step: 99, rate: 0.01 },
    ];
    // 50 steps an epoch: step 30 begins at 0.6 epochs.
    expect(pairs(rateLine(rates, 0.02, 100)).map(([time, rate]) => [Number(time?.toFixed(9)), rate])).toEqual([
      [0, 0.1],
      [0.58, 0.1],
      [0.6, 0.1],
      [0.6, 0.01],
      [1.98, 0.01],
      [2, 0.01],
    ]);
  });

  test('is straight between steps of which a part is missing', () => {
    const rates = [
      { step: 0, rate: 0 },
      { step: 10, rate: 1 },
    ];
    expect(pairs(rateLine(rates, 1, 11))).toEqual([
      [0, 0],
      [10, 1],
      [11, 1],
    ]);
  });

  test('ends where the training ended', () => {
    const rates = [
      { step: 0, rate: 0 },
      { step: 10, rate: 1 },
      { step: 20, rate: 1 },
    ];
    expect(pairs(rateLine(rates, 1, 4))).toEqual([
      [0, 0],
      [4, 0.4],
    ]);
    expect(pairs(rateLine(rates, 1, 0))).toEqual([]);
  });
});

describe('the axis of rates', () => {
  const steps = Array.from({ length: 1000 }, (_, step) => step / 1000);

  test.each<[string, number[]]>([
    ['a constant', steps.map(() => 0.01)],
    ['a cosine', steps.map((t) => 0.05 * (1 + Math.cos(Math.PI * t)))],
    ['a straight line to 0', steps.map((t) => 0.1 * (1 - t))],
    ['a warm-up', steps.map((t) => Math.min(0.1, t))],
    ['nothing but 0', steps.map(() => 0)],
  ])('is linear and begins at 0 for %s', (_, rates) => {
    const { log, domain } = rateScale([line(rates)]);
    expect(log).toBe(false);
    expect(domain[0]).toBe(0);
    expect(domain[1]).toBeGreaterThan(Math.max(...rates));
  });

  test('is logarithmic for stairs, and for trainings whose rates are far apart', () => {
    const stairs = rateScale([line(steps.map((t) => (t < 0.3 ? 0.1 : t < 0.6 ? 0.01 : 0.001)))]);
    expect(stairs.log).toBe(true);
    expect(stairs.domain[0]).toBeLessThan(0.001);
    expect(stairs.domain[0]).toBeGreaterThan(0.0005);
    const apart = rateScale([1e-4, 1e-1].map((rate) => line([rate, rate])));
    expect(apart.log).toBe(true);
    expect(apart.domain[0]).toBeLessThan(1e-4);
    expect(rateScale([0.1, 0.02].map((rate) => line([rate, rate]))).log).toBe(false);
  });

  test('reaches a power of ten below the rates that it is there for, not down to the last of a cosine', () => {
    const cosine = line(steps.map((t) => 0.005 * (1 + Math.cos(Math.PI * t))));
    const { domain } = rateScale([cosine, line([1, 1])]);
    // From 0.001 to 1 with 0.05 of these three powers of ten above and below.
    expect(Math.log10(domain[0])).toBeCloseTo(-3.15, 9);
    expect(Math.log10(domain[1])).toBeCloseTo(0.15, 9);
  });

  test('has ends also without a rate', () => {
    expect(rateScale([])).toEqual({ domain: [0, 1], log: false });
    expect(rateScale([[]])).toEqual({ domain: [0, 1], log: false });
  });
});

test('the scale of rates that differ by more than float64 divides by has finite ends above 0', () => {
  for (const rates of [
    [1e-310, 1e-310, 0.1],
    [0.1, 1e-320, 1e-320],
    [1e308, 1e-308, 1e-308],
    [1.7e308, 1.7e308],
  ]) {
    const { domain, log } = rateScale([line(rates)]);
    expect(domain.every(Number.isFinite)).toBe(true);
    if (log) expect(domain[0]).toBeGreaterThan(0);
  }
});
