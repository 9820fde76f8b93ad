import { describe, expect, test } from 'vitest';
import { resolveRate, scheduleOf } from '../../src/study/learning-rate.js';

describe('a rate', () => {
  const never = () => Promise.reject(new Error('there was a search'));
  const suggestion = { learningRate: 0.0123456, low: 0.01, high: 0.02, verdict: 'fair' } as const;

  test('is a text, whatever form it was given in', async () => {
    expect((await resolveRate(0.01, never, 10)).text).toBe('0.01');
    expect((await resolveRate('0.010', never, 10)).text).toBe('0.01');
    expect((await resolveRate({ name: 'cosine', rate: 0.1, steps: 9 }, never, 10)).text).toBe('cosine(0.1, steps=9)');
    expect(
      scheduleOf(function falling() {
        return 0.1;
      }, 10).text,
    ).toBe('function falling');
    expect(
      scheduleOf(
        (
          (): ((step: number) => number) => () =>
            0.1
        )(),
        10,
      ).text,
    ).toBe('function of the step');
  });

  test('that a search suggests has three digits, next to the suggestion itself', async () => {
    const rate = await resolveRate('find', async () => ({ suggestion, reason: null }), 10);
    expect([rate.text, rate.schedule(0), rate.schedule(1e6)]).toEqual(['0.0123', 0.0123, 0.0123]);
    expect(rate.suggestion).toEqual(suggestion);
    expect((await resolveRate(1, never, 10)).suggestion).toBeNull();
  });

  test('that no search finds is refused, with its reason', async () => {
    const find = async () => ({ suggestion: null, reason: 'the loss does not fall' });
    await expect(resolveRate('find', find, 10)).rejects.toThrow(
      'learningRate must be given, because the search found none: the loss does not fall',
    );
  });
});
