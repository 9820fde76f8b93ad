import { expect, test } from 'vitest';
import { from, resolveSchedule } from '../../src/schedules/index.js';
import { scheduleUse } from '../../src/study/schedule-use.js';

const use = (text: string, length: number) => scheduleUse(resolveSchedule(text), text, length);

test.each([
  ['one-cycle(0.1, steps=1000)', 10, 0.01],
  ['cosine(0.1, steps=180, warmup=20)', 50, 0.25],
  ['warmup(cosine(0.1, steps=90), steps=10)', 50, 0.5],
  ['warmup(0.1, steps=1000)', 100, 0.1],
  ['join(0.1, cosine(0.1, steps=60), at=40)', 50, 0.5],
  ['join(0.1, 0.01, at=200)', 100, 0.5],
  ['product(0.1, polynomial(1, steps=400))', 100, 0.25],
  // A boundary, a stair or a cycle that the training never completes.
  ['piecewise-constant([0.1, 0.01, 0.001], at=[100, 399])', 100, 0.25],
  ['exponential(0.1, steps=400, factor=0.1, staircase=true)', 100, 0.25],
  ['cyclical(0.01, 0.1, up=200)', 100, 0.25],
  ['cosine-restarts(0.1, steps=400)', 100, 0.25],
  ['warmup-stable-decay(0.1, warmup=100, stable=200, decay=100)', 100, 0.25],
])('%s in %d steps is longer: a share of %d is used', (text, length, share) => {
  const found = use(text, length);
  expect(found?.used).toBeCloseTo(share, 2);
  expect(found?.after).toBe(0);
  expect(found?.note).toMatch(/is longer than the training: \d+ steps use [\d.]+ % of it; steps=auto takes/);
});

test.each([
  ['one-cycle(0.1, steps=10)', 1000, 990],
  ['cosine(0.1, steps=100)', 200, 99],
  ['join(0.1, cosine(0.1, steps=10), at=40)', 200, 149],
  ['warmup(tanh(0.1, steps=40), steps=10)', 200, 149],
])('%s in %d steps is shorter: %d steps run after its end', (text, length, after) => {
  const found = use(text, length);
  expect(found).toMatchObject({ used: 1, after });
  expect(found?.note).toContain(
    `is shorter than the training: ${after} of the ${length.toLocaleString('en-US')} steps`,
  );
});

test.each([
  ['constant(0.1)', 10],
  ['one-cycle(0.1, steps=100)', 100],
  ['one-cycle(0.1, steps=100)', 97],
  ['one-cycle(0.1, steps=100)', 103],
  ['cosine(0.1, steps=100)', 100],
  // These are to stay at their last rate, or go on for ever.
  ['warmup(0.1, steps=10)', 1000],
  ['piecewise-constant([0.1, 0.01], at=100)', 5000],
  ['polynomial(0, steps=10, end=0.1)', 1000],
  ['exponential(0.1, steps=1000, factor=0.5)', 10],
  ['inverse-sqrt(0.1)', 10],
  ['cyclical(0.01, 0.1, up=5)', 1000],
  ['cosine-restarts(0.1, steps=10)', 1000],
  ['cosine(0.1, steps=10, hold=false)', 1000],
])('%s fits a training of %d steps', (text, length) => {
  expect(use(text, length)).toBeNull();
});

test("schedules of other libraries are measured too, and a function of the caller's is not", () => {
  const schedule = from.pytorch('OneCycleLR', { max_lr: 0.1, total_steps: 1000 });
  expect(scheduleUse(schedule, 'OneCycleLR', 10)?.used).toBeCloseTo(0.01, 3);
  expect(
    scheduleUse(
      resolveSchedule((step: number) => 1 / (1 + step)),
      'f',
      10,
    ),
  ).toBeNull();
});
