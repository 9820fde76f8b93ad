import { describe, expect, test } from 'vitest';
import { from, resolveSchedule, scheduleKinds, toKeras } from '../../src/schedules/index.js';
import { type PeakSchedule, peakSchedule, peakScheduleNames } from '../../src/schedules/peak-schedule.js';
import { messageOf } from '../message-of.js';
import { samples } from './samples.js';

/** Texts without a rate, one at least for each kind that has one. */
const texts = [
  'constant',
  'exponential(factor=0.1)',
  'exponential(steps=40, factor=0.5, staircase=true)',
  'inverse-time(decay=3)',
  'polynomial(end=0, power=2)',
  'cosine',
  'cosine(warmup=40, alpha=0.1)',
  'cosine-restarts(steps=100, tMul=1)',
  'warmup-stable-decay(warmup=40, stable=200, decay=160, shape=1-sqrt)',
  'one-cycle',
  'inverse-sqrt',
  'tanh',
];

test('every kind with one rate has an example here', () => {
  const shown = new Set(texts.map((text) => text.replace(/\(.*/, '')));
  expect([...shown].sort()).toEqual(peakScheduleNames().toSorted());
  expect(peakScheduleNames()).not.toContain('piecewise-constant');
});

const valuesOf = (schedule: (step: number) => number, steps: readonly number[]) => steps.map((step) => schedule(step));

describe.each(texts)('%s', (text) => {
  const peak = peakSchedule(text);

  test('is the schedule of that text with the rate, in a training of that length', () => {
    const [, parameters = ''] = /\((.*)\)/.exec(text) ?? [];
    const own = resolveSchedule(`${text.replace(/\(.*/, '')}(${['0.3', parameters].filter(Boolean).join(', ')})`, 400);
    expect(peak.at(0.3, 400).config).toEqual(own.config);
  });

  // The phases of a one-cycle end one step before a boundary, which is a larger share of fewer steps; it has a test of its own.
  test.skipIf(text === 'one-cycle')('passes through the same rates when it is compressed, a step for every ten', () => {
    const steps = Array.from({ length: 40 }, (_, i) => i);
    const whole = valuesOf(
      peak.at(0.3, 400),
      steps.map((step) => 10 * step),
    );
    const short = valuesOf(peak.compressed(0.3, 400, 40), steps);
    for (const [i, rate] of short.entries()) expect(rate).toBeCloseTo(whole[i] as number, 9);
  });

  test('is itself when it is compressed to its own length', () => {
    expect(peak.compressed(0.3, 400, 400).config).toEqual(peak.at(0.3, 400).config);
  });
});

test('a compressed cosine is half a cosine over the fewer steps, its warm-up in proportion', () => {
  const cosine = peakSchedule('cosine').compressed(0.2, 2000, 30);
  const warmed = peakSchedule('cosine(warmup=500)').compressed(0.2, 2000, 40);
  for (const t of [0, 7, 15, 29]) expect(cosine(t)).toBeCloseTo(0.1 * (1 + Math.cos((Math.PI * t) / 30)), 12);
  expect(valuesOf(warmed, [0, 5, 10])).toEqual([0, 0.1, 0.2]);
  expect(warmed(25)).toBeCloseTo(0.1, 12);
});

test('a compressed one-cycle is that of the fewer steps: its peak is where theirs is', () => {
  const peak = peakSchedule('one-cycle').compressed(0.2, 2000, 30);
  expect(peak.config).toEqual(resolveSchedule('one-cycle(0.2, steps=30)').config);
  expect(peak(8)).toBeCloseTo(0.2, 12);
  expect(peak(29)).toBeCloseTo(0.2 / 25 / 1e4, 12);
  expect(peak.momentum?.(8)).toBeCloseTo(0.85, 12);
});

test('a number of steps that has a default is compressed too', () => {
  expect(peakSchedule('inverse-sqrt').compressed(0.2, 2000, 20).config).toMatchObject({ timescale: 100 });
});

test('find may stand for the rate', () => {
  const config = (peak: PeakSchedule) => peak.at(0.1, 100).config;
  expect(peakSchedule('cosine(find)').text).toBe('cosine');
  expect(peakSchedule(' cosine( find, warmup=10 ,alpha=0.1) ').text).toBe('cosine(warmup=10, alpha=0.1)');
  expect(config(peakSchedule('cosine(warmup=10, rate=find)'))).toEqual(config(peakSchedule('cosine(warmup=10)')));
});

describe('what is no schedule without its rate is refused:', () => {
  test.each([
    ['cosin', /^for must be a schedule with one rate: constant, .*; got "cosin"; did you mean cosine\?$/],
    ['', /^for must be a schedule with one rate: .*; got an empty text$/],
    ['0.1', /^for must be a schedule with one rate: .*; got "0.1"$/],
    ['[cosine]', /^for must be a schedule with one rate: .*; got "\[cosine\]"; did you mean cosine\?$/],
    ['piecewise-constant', /got "piecewise-constant", which no single rate scales$/],
    ['warmup(cosine(0.1), steps=5)', /which no single rate scales$/],
    [
      'exponential',
      /^for must be a schedule without its rate, such as exponential\(factor=0\.1\); exponential\.factor must be given/,
    ],
    ['warmup-stable-decay', /such as warmup-stable-decay\(warmup=100, stable=100, decay=100\); .* must be given/],
    ['cosine(0.1)', /^for must have its parameters by name; the rate is to be found\n {2}cosine\(0\.1\)\n {9}\^$/],
    ['cosine(rate=0.1)', /^for must be a schedule without its rate, which is to be found\n/],
    ['cosine(warmup=10, rate=0.1)', /which is to be found\n.*\n {20}\^$/],
    ['cosine(warmup=-1)', /cosine\.warmup must be a number at least 0; got -1$/],
    ['cosine(warm=1)', /unknown option .*warm; did you mean .*warmup\?/],
    ['cosine(', /the text ends/],
  ])('%s', (text, message) => {
    expect(messageOf(() => peakSchedule(text, 'for'))).toMatch(message);
  });

  test('a warm-up that is longer than the training', () => {
    expect(messageOf(() => peakSchedule('cosine(warmup=100)').at(0.1, 50))).toMatch(/warm-up .* leave -50 steps/);
  });
});

describe('as Keras writes it', () => {
  const inKeras = samples.flatMap((sample) => {
    const { config } = resolveSchedule(sample);
    const keras = config ? toKeras(config) : null;
    return keras ? [{ sample, ...keras }] : [];
  });

  // The classes are translated back by a table of their own, which numbers of Keras hold to account.
  test.each(inKeras)('$className has the same rates', ({ sample, className, parameters }) => {
    const own = resolveSchedule(sample);
    const keras = from.keras(className, parameters);
    for (let step = 0; step < 30; step += 1.5) expect(keras(step)).toBeCloseTo(own(step), 12);
  });

  test('covers the kinds that Keras has, and no other', () => {
    expect(new Set(inKeras.map(({ sample }) => sample.name))).toEqual(
      new Set(['exponential', 'inverse-time', 'polynomial', 'cosine', 'cosine-restarts']),
    );
    expect(toKeras(resolveSchedule('cosine(0.1, steps=10, kDecay=2)').config as never)).toBeNull();
    expect(toKeras(resolveSchedule('exponential(0.1, steps=10, factor=0.5, bound=0.01)').config as never)).toBeNull();
  });

  test('names the arguments of the constructor, without those that have their default', () => {
    expect(toKeras(resolveSchedule('cosine(0.1, steps=90, warmup=10)').config as never)).toEqual({
      className: 'CosineDecay',
      parameters: { initial_learning_rate: 0, decay_steps: 90, warmup_target: 0.1, warmup_steps: 10 },
    });
  });
});

test('every parameter whose description speaks of steps that it counts is one that is compressed', () => {
  const counting = scheduleKinds.flatMap(({ name, parameters }) =>
    Object.entries(parameters.properties)
      .filter(([parameter]) => /^(steps|warmup|stable|decay|timescale|up|down|at)$/.test(parameter))
      .filter(([, schema]) => !('countsSteps' in schema))
      .map(([parameter]) => `${name}.${parameter}`),
  );
  // The growth of a divisor.
  expect(counting).toEqual(['inverse-time.decay']);
});
