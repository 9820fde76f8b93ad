import { describe, expect, test } from 'vitest';
import { printSchedule, resolveSchedule } from '../../src/schedules/index.js';
import { scheduleKinds } from '../../src/schedules/registry.js';
import type { ScheduleSpec } from '../../src/schedules/schedule.js';
import { messageOf } from '../message-of.js';

const within = (spec: ScheduleSpec, length: number) => printSchedule(resolveSchedule(spec, length));

describe.each(['', 'steps=auto'])('in a training of 100 steps, with "%s" in place of a number,', (steps) => {
  const given = (text: string) => text.replace('…', steps).replaceAll(/, (?=[,)])/g, '');

  test.each([
    ['cosine(0.1, …)', 'cosine(0.1, steps=100)'],
    ['cosine(0.1, …, warmup=20)', 'cosine(0.1, steps=80, warmup=20)'],
    ['one-cycle(0.1, …)', 'one-cycle(0.1, steps=100)'],
    ['polynomial(0.1, …, end=0)', 'polynomial(0.1, steps=100, end=0)'],
    ['tanh(0.1, …)', 'tanh(0.1, steps=100)'],
    ['exponential(0.1, …, factor=0.01)', 'exponential(0.1, steps=100, factor=0.01)'],
    // The warm-up takes its steps first; with overlap the schedule runs from step 0.
    ['warmup(cosine(0.1, …), steps=10)', 'warmup(cosine(0.1, steps=90), steps=10)'],
    ['warmup(steps=10, schedule=cosine(0.1, …))', 'warmup(cosine(0.1, steps=90), steps=10)'],
    ['warmup(cosine(0.1, …), steps=10, overlap=true)', 'warmup(cosine(0.1, steps=100), steps=10, overlap=true)'],
    // Each part lasts from its boundary to the next, the last to the end of the training.
    ['join(cosine(0.1, …), 0.01, at=30)', 'join(cosine(0.1, steps=30), constant(0.01), at=30)'],
    ['join(0.01, cosine(0.1, …), at=30)', 'join(constant(0.01), cosine(0.1, steps=70), at=30)'],
    [
      'join(0.1, cosine(0.1, …), 0.2, at=[30, 50])',
      'join(constant(0.1), cosine(0.1, steps=20), constant(0.2), at=[30, 50])',
    ],
    [
      'join(0.1, warmup(cosine(0.1, …), steps=5), at=40)',
      'join(constant(0.1), warmup(cosine(0.1, steps=55), steps=5), at=40)',
    ],
    // All factors run through the whole training.
    ['product(0.5, cosine(0.1, …))', 'product(constant(0.5), cosine(0.1, steps=100))'],
  ])('%s is its schedule over the steps that it is there for', (text, expected) => {
    expect(within(given(text), 100)).toBe(expected);
  });
});

test('objects resolve as texts do, and a number is never changed', () => {
  expect(within({ name: 'cosine', rate: 0.1 }, 70)).toBe('cosine(0.1, steps=70)');
  expect(within({ name: 'cosine', rate: 0.1, steps: 'auto', warmup: 7 }, 70)).toBe('cosine(0.1, steps=63, warmup=7)');
  expect(within({ name: 'warmup', steps: 20, schedule: { name: 'one-cycle', rate: 1 } }, 70)).toBe(
    'warmup(one-cycle(1, steps=50), steps=20)',
  );
  expect(within({ name: 'cosine', rate: 0.1, steps: 9 }, 70)).toBe('cosine(0.1, steps=9)');
});

test('a part whose boundaries say how long it is needs no training', () => {
  expect(printSchedule(resolveSchedule('join(cosine(0.1), 0.01, at=30)'))).toBe(
    'join(cosine(0.1, steps=30), constant(0.01), at=30)',
  );
});

test.each(scheduleKinds)('law: $name takes auto for one parameter at most, and its rate comes first then', (kind) => {
  const auto = Object.values(kind.parameters.properties).filter((schema) => 'auto' in (schema as object));
  expect(auto.length).toBeLessThan(2);
  if (auto.length > 0) expect(Object.keys(kind.parameters.properties)[0]).toBe('rate');
});

test.each([
  ['cosine(0.1)', undefined, /^cosine\.steps must be given: .*; auto, the length of the training, is not known here/],
  ['cosine(0.1, steps=auto)', undefined, /^cosine\.steps must be given: .*not known here/],
  ['cosine(0.1, steps=Auto)', 100, /^cosine\.steps must be a number above 0; got "Auto"/],
  ['warmup(0.1, steps=auto)', 100, /^warmup\.steps must be a number above 0; got "auto"/],
  ['cosine(0.1, alpha=auto)', 100, /^cosine\.alpha must be a number at least 0; got "auto"/],
  [
    'cosine(0.1, warmup=100)',
    100,
    /^cosine\.steps must be above 0; got auto, for which a warm-up or the schedules before leave 0 steps: shorten those, train for longer, or give a number/,
  ],
  ['warmup(cosine(0.1), steps=150)', 100, /^cosine\.steps must be above 0; got auto, for which .* leave -50 steps: /],
  ['warmup(cosine(0.1))', 100, /^warmup\.steps must be given/],
  ['join(0.1, cosine(0.1), at=200)', 100, /^cosine\.steps must be above 0/],
] as const)('%s in %s steps is refused', (text, length, message) => {
  expect(messageOf(() => resolveSchedule(text, length))).toMatch(message);
});
