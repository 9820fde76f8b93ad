import { expect, test } from 'vitest';
import { huggingfaceSchedules } from '../../../src/schedules/from/huggingface.js';
import { kerasSchedules } from '../../../src/schedules/from/keras.js';
import { optaxSchedules } from '../../../src/schedules/from/optax.js';
import { pytorchSchedules } from '../../../src/schedules/from/pytorch.js';
import { timmSchedules } from '../../../src/schedules/from/timm.js';
import { resolveSchedule } from '../../../src/schedules/resolve.js';
import type { ScheduleSpec } from '../../../src/schedules/schedule.js';
import { printSchedule } from '../../../src/schedules/text/print.js';
import { expectEqual, goldens, madeFrom } from './golden.js';

test.each(goldens)('$library $name with $parameters gives that library’s rate at every step', (golden) => {
  expectEqual(golden.steps.map(madeFrom(golden)), golden.rates);
});

test.each(goldens.filter(({ library }) => library === 'pytorch'))(
  'pytorch $name with $parameters moves the momentum as PyTorch does, or has none',
  (golden) => {
    const { momentum } = madeFrom(golden);
    expect(momentum !== undefined).toBe(golden.momenta !== undefined);
    if (momentum && golden.momenta) expectEqual(golden.steps.map(momentum), golden.momenta);
  },
);

test.each(goldens.filter(({ library }) => library === 'keras'))(
  'what Keras saves for $name with $parameters is that schedule, with its class or without',
  ({ config, serialized, steps, rates }) => {
    expectEqual(steps.map(resolveSchedule(serialized as ScheduleSpec)), rates);
    expectEqual(steps.map(resolveSchedule(config as ScheduleSpec)), rates);
    expectEqual(steps.map(resolveSchedule({ name: serialized?.class_name as string, config })), rates);
  },
);

test.each(goldens)('$library $name with $parameters survives JSON and text, unless a function is in it', (golden) => {
  const { config } = madeFrom(golden);
  expect(config === undefined).toBe(JSON.stringify(golden.parameters).includes('"lambda '));
  if (!config) return;
  expectEqual(golden.steps.map(resolveSchedule(JSON.parse(JSON.stringify(config)))), golden.rates);
  expectEqual(golden.steps.map(resolveSchedule(printSchedule(config))), golden.rates);
});

test.each(
  Object.entries({
    keras: kerasSchedules,
    pytorch: pytorchSchedules,
    optax: optaxSchedules,
    huggingface: huggingfaceSchedules,
    timm: timmSchedules,
  }),
)('every schedule of %s that is not refused has golden values', (library, table) => {
  const available = Object.keys(table).filter((name) => typeof table[name] !== 'string');
  const covered = new Set(goldens.filter((golden) => golden.library === library).map(({ name }) => name));
  expect([...covered].sort()).toEqual(available.sort());
});
