// Belongs to packages/finder/test/optimizers/ (formerly a test in core's resolve-schedule.test.ts, which imported the
// finder): may be merged into the test file of from-training-config.
import { resolveSchedule, type ScheduleSpec } from '@lrfind/core/schedules';
import { expect, test } from 'vitest';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';

test('a schedule as the rate of a training configuration resolves', () => {
  const learning_rate = { class_name: 'CosineDecay', config: { initial_learning_rate: 0.1, decay_steps: 10 } };
  const { rate } = optimizerFromTrainingConfig({
    optimizer_config: { class_name: 'Adam', config: { learning_rate } },
  });
  expect(resolveSchedule(rate as ScheduleSpec)(5)).toBeCloseTo(0.05, 15);
});
