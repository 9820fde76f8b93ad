import { describe, expect, test } from 'vitest';
import { lossDomain } from '../../src/curves/loss-domain.js';

const curve = (losses: number[]) => losses.map((loss, index) => ({ rate: 10 ** (index - losses.length), loss }));

describe('the domain of the losses of a sweep', () => {
  test('is not pressed flat by a loss that explodes', () => {
    const [low, high] = lossDomain(curve([2.3, 2.3, 1.5, 0.5, 0.4, 0.9, 40, 1e9]), []);
    expect(low).toBeLessThan(0.4);
    expect(high).toBeGreaterThan(2.3);
    expect(high).toBeLessThan(3.5);
  });

  test('moves with the loss when that is shifted below zero', () => {
    const losses = [2.3, 2.2, 1.5, 0.5, 0.4, 0.9, 40];
    const [low, high] = lossDomain(curve(losses), []);
    const [shiftedLow, shiftedHigh] = lossDomain(curve(losses.map((loss) => loss - 100)), []);
    expect(shiftedLow).toBeCloseTo(low - 100, 9);
    expect(shiftedHigh).toBeCloseTo(high - 100, 9);
  });

  test('grows with the loss when that is scaled', () => {
    const losses = [2.3, 2.2, 1.5, 0.5, 0.4, 0.9, 40];
    const [low, high] = lossDomain(curve(losses), curve(losses));
    const [scaledLow, scaledHigh] = lossDomain(
      curve(losses.map((loss) => loss * 1e6)),
      curve(losses.map((loss) => loss * 1e6)),
    );
    expect(scaledLow).toBeCloseTo(low * 1e6, 3);
    expect(scaledHigh).toBeCloseTo(high * 1e6, 3);
  });

  test('covers the whole of a curve that does not explode', () => {
    const [low, high] = lossDomain(curve([1, 0.8, 0.5, 0.6]), []);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(1);
    expect(high).toBeLessThan(1.1);
  });

  test('shows a curve that only rises', () => {
    const [low, high] = lossDomain(curve([1, 2, 3, 4, 5]), []);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(3);
  });

  test('holds the bulk of the batch losses before the minimum, however noisy', () => {
    const points = Array.from({ length: 101 }, (_, index) => ({ rate: 1e-6, loss: index / 10 }));
    const [low, high] = lossDomain(curve([5.02, 5.01, 5]), points);
    expect(low).toBeLessThanOrEqual(0.5);
    expect(high).toBeGreaterThanOrEqual(9.5);
  });

  test('is not widened upwards by batch losses after the minimum', () => {
    const losses = [2, 1, 0, 1];
    expect(lossDomain(curve(losses), [{ rate: 1, loss: 1e6 }])).toEqual(lossDomain(curve(losses), []));
  });

  test('reaches down to batch losses below the smoothed minimum, wherever they are, within reason', () => {
    const losses = [2, 1, 0.5, 1];
    const low = (loss: number) => lossDomain(curve(losses), [{ rate: 1, loss }])[0];
    expect(low(0.2)).toBeLessThan(0.2);
    expect(low(0.2)).toBeGreaterThan(0.1);
    expect(low(-1e6)).toBeGreaterThan(-1.5);
  });

  test.each([0, 1, -3, 0.51, 1e12])('has room above and below a constant loss of %d', (loss) => {
    const [low, high] = lossDomain(curve([loss, loss, loss]), curve([loss, loss * (1 + 1e-12)]));
    expect(low).toBeLessThan(loss);
    expect(high).toBeGreaterThan(loss);
    expect(high - low).toBeGreaterThan(Math.abs(loss) / 100);
  });

  test('of one sample surrounds it', () => {
    const [low, high] = lossDomain([{ rate: 1, loss: 4 }], []);
    expect([low, high]).toEqual([3.6, 4.4]);
  });
});
