import { describe, expect, test } from 'vitest';
import { evaluationSteps, rateHistory } from '@lrfind/core/study';
import { resolveRate, scheduleOf } from '../../src/study/resolve-rate.js';

describe('a training is measured', () => {
  test('at the ends of its epochs', () => {
    expect(evaluationSteps({ epochs: 3 }, 7)).toEqual([7, 14, 21]);
    expect(evaluationSteps({ epochs: 1 }, 1)).toEqual([1]);
  });

  test('twenty times in the course of its steps, where these are told, at equal distances', () => {
    expect(evaluationSteps({ epochs: 3, steps: 100 }, 7)).toEqual(Array.from({ length: 20 }, (_, i) => 5 * (i + 1)));
    // Every step of a short one.
    expect(evaluationSteps({ epochs: 3, steps: 2 }, 7)).toEqual([1, 2]);
    expect(evaluationSteps({ epochs: 3, steps: 20 }, 7)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('at its end, at steps that rise, for any number of steps', () => {
    for (let steps = 2; steps < 300; steps++) {
      const points = evaluationSteps({ epochs: 1, steps }, 9);
      expect(points).toHaveLength(Math.min(20, steps));
      expect(points.at(-1)).toBe(steps);
      for (const [i, point] of points.entries())
        expect(Math.abs(point - ((i + 1) * steps) / points.length)).toBeLessThanOrEqual(0.5);
      const gaps = points.map((point, i) => point - (points[i - 1] ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThan(0);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
  });
});

describe('the course of a rate', () => {
  test('has both ends of each stretch on which it stays the same', () => {
    expect(rateHistory([1, 1, 1, 1])).toEqual([
      { step: 0, rate: 1 },
      { step: 3, rate: 1 },
    ]);
    expect(rateHistory([1, 1, 1, 2, 3, 3, 1]).map(({ step }) => step)).toEqual([0, 2, 3, 4, 5, 6]);
    expect(rateHistory([5])).toEqual([{ step: 0, rate: 5 }]);
    expect(rateHistory([])).toEqual([]);
  });

  test('tells the rate of every step, between corners by the corner before', () => {
    const rates = Array.from({ length: 500 }, (_, i) => Math.floor(i / 7) % 5);
    const course = rateHistory(rates);
    for (const [step, rate] of rates.entries()) expect(course.findLast((point) => point.step <= step)?.rate).toBe(rate);
  });

  test('of a long schedule is thinned to a thousand steps, evenly spread, with both ends', () => {
    for (const count of [1001, 1500, 30_000]) {
      const rates = Array.from({ length: count }, (_, i) => 1 / (1 + i));
      const course = rateHistory(rates);
      expect(course).toHaveLength(1000);
      expect([course[0]?.step, course.at(-1)?.step]).toEqual([0, count - 1]);
      for (const { step, rate } of course) expect(rate).toBe(rates[step]);
      const gaps = course.slice(1).map(({ step }, i) => step - (course[i]?.step as number));
      expect(Math.min(...gaps)).toBeGreaterThan(0);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
    expect(rateHistory(Array.from({ length: 1000 }, (_, i) => i))).toHaveLength(1000);
  });
});

describe('a rate', () => {
  const never = () => Promise.reject(new Error('a sweep was run'));
  const suggestion = { learningRate: 0.0123456, low: 0.01, high: 0.02, verdict: 'fair' } as const;

  test('is a text, whatever form it was given in', async () => {
    expect((await resolveRate(0.01, never)).text).toBe('0.01');
    expect((await resolveRate('0.010', never)).text).toBe('0.01');
    expect((await resolveRate({ name: 'cosine', rate: 0.1, steps: 9 }, never)).text).toBe('cosine(0.1, steps=9)');
    expect(
      scheduleOf(function falling() {
        return 0.1;
      }).text,
    ).toBe('function falling');
    expect(
      scheduleOf(
        (
          (): ((step: number) => number) => () =>
            0.1
        )(),
      ).text,
    ).toBe('function of the step');
  });

  test('that is found has three digits, and what the sweep said beside', async () => {
    const found = { ...suggestion, more: true };
    const rate = await resolveRate('find', async () => ({ suggestion: found, reason: null }));
    expect([rate.text, rate.schedule(0), rate.schedule(1e6)]).toEqual(['0.0123', 0.0123, 0.0123]);
    expect(rate.found).toEqual(suggestion);
    expect((await resolveRate(1, never)).found).toBeNull();
  });

  test('that no sweep finds is refused, with its reason', async () => {
    const find = async () => ({ suggestion: null, reason: 'the loss does not fall' });
    await expect(resolveRate('find', find)).rejects.toThrow(
      'the sweep found no learning rate: the loss does not fall; give one',
    );
  });
});
