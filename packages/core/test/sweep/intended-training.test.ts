import { describe, expect, test } from 'vitest';
import { intendedSteps, peakSchedules } from '../../src/sweep/index.js';
import { messageOf } from '../message-of.js';

describe('the training that a rate is for', () => {
  test.each([
    [{ for: ['cosine'] }, /^epochs or trainingSteps must be given where for is cosine: its peak depends on the length/],
    [{ for: ['constant', 'tanh'] }, /^epochs or trainingSteps must be given where for is tanh/],
    [{ for: [], epochs: 3 }, /^for must be at least one schedule; got \[\]$/],
    [{ for: ['cosine', 'cosine(find)'], epochs: 3 }, /^for must have each schedule once; got cosine twice$/],
    [{ for: ['cosine'], epochs: 3, verify: false }, /^verify must not be off where for is given: a peak rate is tried/],
    [{ epochs: 3, trainingSteps: 100 }, /^epochs must be left out where trainingSteps is given; got 3 and 100$/],
    [{ for: ['cosin'], epochs: 3 }, /did you mean cosine\?$/],
  ])('%j is refused', (options, message) => {
    expect(messageOf(() => peakSchedules(options))).toMatch(message);
  });

  test('a message calls an option what the caller calls it', () => {
    expect(messageOf(() => peakSchedules({ for: ['cosine'] }, (name) => `--${name}`))).toMatch(
      /^--epochs or --trainingSteps must be given where --for is cosine/,
    );
  });

  test('constant rates need no length, and without schedules there is none to read', () => {
    expect(peakSchedules({ for: ['constant'] })?.map(({ text }) => text)).toEqual(['constant']);
    expect(peakSchedules({ epochs: 3 })).toBeUndefined();
  });

  test('has the steps that are given, or those of its epochs, the last batch of each included', () => {
    expect(intendedSteps({ batchSize: 32, trainingSteps: 500 }, 100)).toBe(500);
    expect(intendedSteps({ batchSize: 32, epochs: 3 }, 100)).toBe(12);
    expect(intendedSteps({ batchSize: 32 }, 100)).toBeNull();
  });
});
