import { readFileSync } from 'node:fs';
import { SweepResult, type TrainingResult } from '@lrfind/core/results';
import { from, resolveSchedule } from '@lrfind/core/schedules';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sweepOutput } from '../../src/find/formats.js';
import { codeLines } from '../../src/shared/code-lines.js';
import { reproduce } from '../../src/shared/reproduce.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

const find = (...more: (string | number)[]) =>
  lrfind(
    'find',
    '--model',
    here.model,
    '--data',
    here.data,
    '--steps',
    60,
    '--repeats',
    2,
    '--backend',
    'wasm',
    ...more,
  );
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as SweepResult;

describe('lrfind find --for', () => {
  test('names the schedule, its peak and its length, ranks the schedules, and writes code for the best', async () => {
    const out = here.path('for.json');
    const run = await find('--for', 'tanh, cosine,one-cycle', '--epochs', 30, '--optimizer', 'sgd', '-o', out);
    expect(run.code).toBe(0);
    const result = json(out);
    expect(Value.Check(SweepResult, result)).toBe(true);
    const { suggestion, verification, otherSchedules } = result;
    // 96 of 120 rows are trained on, in 3 batches of 32.
    expect(verification?.target).toBe(90);
    expect(verification?.length).toBe(90);
    expect(otherSchedules).toHaveLength(2);
    expect(run.stdout).toContain(`schedule        ${suggestion?.schedule}`);
    expect(run.stdout).toMatch(/^schedule +peak +validation loss, 90 steps$/m);
    for (const { schedule } of otherSchedules ?? [])
      expect(run.stdout).toMatch(
        new RegExp(`^${schedule} +[\\d.e-]+ \\(between .*behind, (more than|within) the noise$`, 'm'),
      );
    expect(run.stdout).toContain(
      `Of 3 schedules, each at its best peak, ${verification?.schedule} did best after 90 steps with 3 seeds`,
    );
    expect(run.stdout).not.toContain('tf.train.');
    expect(run.stdout).toContain(
      `await train(model, { xs, ys }, { learningRate: '${suggestion?.schedule}', epochs: 30, `,
    );
  });

  test('calls a constant rate a learning rate', async () => {
    const { stdout } = await find('--for', 'constant', '--optimizer', 'sgd');
    expect(stdout).toMatch(/^schedule +constant$/m);
    expect(stdout).toMatch(/^learning rate +[\d.e-]+ +\(between/m);
    expect(stdout).toMatch(/Tried: of \d+ rates?, trained for/);
    expect(stdout).toMatch(/tf\.train\.sgd\([\d.e-]+\)/);
  });

  test('the command of a report has the schedules and the length', async () => {
    const out = here.path('one.json');
    await find('--for', 'cosine(warmup=10)', '--training-steps', 40, '--optimizer', 'sgd', '-o', out);
    const { options, suggestion } = json(out);
    expect(options).toMatchObject({ for: ['cosine(warmup=10)'], trainingSteps: 40 });
    expect(suggestion?.schedule).toMatch(/^cosine\([\d.e-]+, steps=30, warmup=10\)$/);
    expect(reproduce(sweepOutput, options)).toContain(" --training-steps 40 --for 'cosine(warmup=10)'");
  });

  test.each<[string, (string | number)[], RegExp]>([
    ['no length', ['--for', 'cosine'], /--epochs or --training-steps must be given where --for is cosine/],
    [
      'two lengths',
      ['--epochs', 3, '--training-steps', 9],
      /--epochs must be left out where --training-steps is given; got 3 and 9/,
    ],
    ['an unknown schedule', ['--for', 'constant,cosin', '--epochs', 3], /got "cosin"; did you mean cosine\?/],
    [
      'an empty name',
      ['--for', 'cosine,', '--epochs', 3],
      /--for must be a schedule with one rate: .*; got an empty text/,
    ],
    ['a missing parameter', ['--for', 'exponential', '--epochs', 3], /such as exponential\(factor=0\.1\)/],
    ['a rate', ['--for', 'one-cycle(rate=0.1)', '--epochs', 3], /without its rate, which is to be found/],
    ['several rates', ['--for', 'cyclical', '--epochs', 3], /got "cyclical", which no single rate scales/],
    ['a schedule twice', ['--for', 'tanh,tanh', '--epochs', 3], /--for must have each schedule once; got tanh twice/],
    ['half a step', ['--for', 'tanh', '--training-steps', 0.5], /--training-steps must be a whole number at least 1/],
  ])('refuses %s', async (_, flags, message) => {
    const { code, stdout, stderr } = await find(...flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').filter((line) => line.startsWith('lrfind:'))).toHaveLength(1);
  });
});

describe('lrfind train --lr find --schedule', () => {
  const train = (...more: (string | number)[]) =>
    lrfind('train', '--model', here.model, '--data', here.data, '--backend', 'wasm', '--epochs', 4, ...more);

  test('tries the peak along the schedule, and says so', async () => {
    const out = here.path('t.json');
    const { code, stdout } = await train('--lr', 'find', '--schedule', 'cosine', '-o', out);
    expect(code).toBe(0);
    const { recipe, options } = JSON.parse(readFileSync(out, 'utf8')) as TrainingResult;
    expect(recipe.learningRate).toMatch(/^cosine\([\d.e-]+, steps=12\)$/);
    expect(options).toMatchObject({ lr: 'find', schedule: 'cosine', learningRate: 'cosine(find)' });
    expect(stdout).toContain('searching for the peak of cosine on the training rows, in short trainings along it');
    expect(stdout).toContain(`${recipe.learningRate}   (its peak tried in short trainings along it: between`);
  });

  test('is the same as find in the place of the rate', async () => {
    const loss = async (...flags: string[]) => (await train('--quiet', ...flags)).stdout;
    expect(await loss('--schedule', 'one-cycle(find)')).toBe(await loss('--lr', 'find', '--schedule', 'one-cycle'));
  });

  test.each<[string, string[], RegExp]>([
    [
      'a rate beside the schedule',
      ['--lr', '0.1', '--schedule', 'cosine'],
      /--lr must be find, or be left out, where --schedule is given; got 0\.1/,
    ],
    [
      'a schedule with a rate',
      ['--lr', 'find', '--schedule', 'cosine(0.1)'],
      /^lrfind: --schedule must have its parameters by name; the rate is to be found/,
    ],
    ['a schedule without a rate', ['--schedule', 'cosine'], /cosine\.rate must be given/],
    ['a schedule of schedules', ['--lr', 'find', '--schedule', 'join'], /which no single rate scales/],
  ])('refuses %s', async (_, flags, message) => {
    const { code, stderr } = await train(...flags);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('the code for a schedule', () => {
  const lines = (schedule: string, more: object = {}) =>
    codeLines({
      suggestion: { learningRate: 0.0123, schedule },
      verification: { target: 400 },
      setup: { optimizer: { name: 'sgd', momentum: 0.9, nesterov: false }, loss: 'meanSquaredError', rows: 320 },
      options: { batchSize: 32, trainingSteps: 400, ...more },
    } as unknown as SweepResult).split('\n');

  test('is a call of train that is as long as the schedule', () => {
    expect(lines('one-cycle(0.0123, steps=400)')).toEqual([
      "await train(model, { xs, ys }, { learningRate: 'one-cycle(0.0123, steps=400)', epochs: 40, optimizer: { name: 'sgd', momentum: 0.9 }, loss: 'meanSquaredError' });",
    ]);
    expect(lines('one-cycle(0.0123, steps=400)', { batchSize: 16 })[0]).toContain('epochs: 20, batchSize: 16');
  });

  test('and that of Keras, whose schedule has the same rates', () => {
    const [, keras = ''] = lines('cosine(0.0123, steps=360, warmup=40, alpha=0.1)');
    expect(keras).toBe(
      'optimizer = keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.CosineDecay(initial_learning_rate=0, decay_steps=360, alpha=0.1, warmup_target=0.0123, warmup_steps=40), momentum=0.9)',
    );
    const written = Object.fromEntries(
      [...keras.matchAll(/(\w+)=([\d.]+)/g)]
        .filter(([, key]) => key !== 'momentum')
        .map(([, key, value]) => [key, Number(value)]),
    );
    const [own, theirs] = [
      resolveSchedule('cosine(0.0123, steps=360, warmup=40, alpha=0.1)'),
      from.keras('CosineDecay', written),
    ];
    for (const step of [0, 20, 40, 200, 400]) expect(theirs(step)).toBeCloseTo(own(step), 12);
  });

  test('of a constant rate is that of any rate', () => {
    expect(lines('0.0123')).toEqual([
      expect.stringContaining('tf.train.momentum(0.0123, 0.9'),
      'optimizer = keras.optimizers.SGD(learning_rate=0.0123, momentum=0.9)',
    ]);
  });
});
