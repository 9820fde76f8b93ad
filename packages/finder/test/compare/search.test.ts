import { useBackend } from '@lrfind/backends';
import { Comparison } from '@lrfind/core/results';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Value } from 'typebox/value';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import type { CompareOptions, SearchOptions } from '../../src/options.js';
import { heights, points, regression, rejection } from '../train/small-trainings.js';
import { interruptedOnce, memoryJournal } from './memory-journal.js';
import { untimed } from './untimed.js';

let model: LayersModel;
beforeAll(async () => {
  await useBackend('wasm');
  model = regression();
});

const xs = points(40);
const data = { xs, ys: heights(xs) };
const searched = (search: Partial<SearchOptions>, options: Partial<CompareOptions> = {}) =>
  compare(model, data, {
    ...{ loss: 'mse', epochs: 4, repeats: 1, batchSize: 8 },
    ...options,
    search: { trials: 8, ...search } as SearchOptions,
  });
const space: Partial<SearchOptions> = {
  learningRate: { low: 1e-4, high: 1 },
  schedule: ['constant', 'one-cycle'],
  optimizer: ['adamw', { name: 'sgd', momentum: 0.9 }],
  batchSize: { low: 4, high: 16 },
  weightDecay: { low: 1e-6, high: 1e-2 },
};

test('trains what it drew, and says so', async () => {
  const result = await searched(space);
  expect([...Value.Errors(Comparison, JSON.parse(JSON.stringify(result)))]).toEqual([]);
  expect(result.trials).toHaveLength(8);
  expect(result.options.search).toBe(8);
  expect(result.search?.space).toMatchObject({ learningRate: { low: 1e-4, high: 1 }, batchSize: [4, 8, 16] });
  for (const [i, { name, recipe, trainings }] of result.trials.entries()) {
    const drawn = result.search?.drawn[i];
    expect(drawn?.trial).toBe(name);
    expect(recipe.optimizer.name).toBe(drawn?.optimizer);
    expect(recipe.batchSize).toBe(drawn?.batchSize);
    expect((recipe.optimizer as { weightDecay?: number }).weightDecay ?? null).toBe(drawn?.weightDecay);
    // 32 training rows.
    const steps = 4 * Math.ceil(32 / recipe.batchSize);
    const peak = drawn?.learningRate as number;
    const [text, highest] =
      drawn?.schedule === 'constant' ? [String(peak), peak] : [`one-cycle(${peak}, steps=${steps})`, peak];
    expect(recipe.learningRate).toBe(text);
    expect(Math.max(...recipe.rates.map(({ rate }) => rate))).toBeLessThanOrEqual(highest * (1 + 1e-12));
    expect(trainings[0]?.outcome === 'diverged' || trainings[0]?.evaluations.at(-1)?.step === steps).toBe(true);
  }
  // Both optimizers and schedules are among eight draws.
  expect(new Set(result.search?.drawn.map(({ optimizer }) => optimizer))).toEqual(new Set(['adamw', 'sgd']));
  expect(new Set(result.search?.drawn.map(({ schedule }) => schedule))).toEqual(new Set(['constant', 'one-cycle']));
});

test('is reproducible, has the bits of the same trials given, and the first trials of a longer one', async () => {
  const result = await searched(space);
  expect(untimed(await searched(space))).toEqual(untimed(result));
  const longer = await searched({ ...space, trials: 11 });
  const names = result.trials.map(({ name }) => name);
  expect(longer.trials.slice(0, 8).map(({ name }) => name)).toEqual(names);
  const given = await compare(model, data, {
    ...{ loss: 'mse', epochs: 4, repeats: 1 },
    trials: result.trials.map(({ recipe: { learningRate, optimizer, batchSize } }) => ({
      learningRate: learningRate.includes('(') ? learningRate : Number(learningRate),
      optimizer,
      batchSize,
    })),
  });
  const trainings = ({ trials }: Comparison) =>
    trials.map((trial) => trial.trainings.map(({ evaluations }) => evaluations.map(({ validation }) => validation)));
  expect(trainings(given)).toEqual(trainings(result));
});

test('draws the rate alone from 1e-5 to 1 where nothing else is said, with the optimizer and batch size of the comparison', async () => {
  const { search, trials } = await searched({}, { optimizer: 'sgd' });
  expect(search?.space).toMatchObject({ learningRate: { low: 1e-5, high: 1 }, schedule: ['constant'], batchSize: [8] });
  expect(new Set(trials.map(({ recipe }) => recipe.optimizer.name))).toEqual(new Set(['sgd']));
  expect(search?.space).not.toHaveProperty('weightDecay');
});

describe('a search that draws near what did well', () => {
  const tpe = (options: Partial<CompareOptions> = {}) =>
    searched({ ...space, trials: 16, sampler: 'tpe' }, { epochs: 8, workers: 1, ...options });

  test.each([[false], ['asynchronous']] as const)('is reproducible, with halving %s', async (halving) => {
    const result = await tpe({ halving });
    expect([...Value.Errors(Comparison, JSON.parse(JSON.stringify(result)))]).toEqual([]);
    expect(result.search?.sampler).toBe('tpe');
    expect(result.search?.drawn.map(({ trial }) => trial)).toEqual(result.trials.map(({ name }) => name));
    expect(result.trials).toHaveLength(16);
    for (const [i, { recipe }] of result.trials.entries()) {
      const { optimizer, batchSize, weightDecay } = result.search?.drawn[i] ?? {};
      expect([recipe.optimizer.name, recipe.batchSize]).toEqual([optimizer, batchSize]);
      expect((recipe.optimizer as { weightDecay?: number }).weightDecay ?? null).toBe(weightDecay);
    }
    expect(untimed(await tpe({ halving }))).toEqual(untimed(result));
    // The first ten are random; the others depend on them.
    const random = await searched({ ...space, trials: 16 }, { epochs: 8, halving });
    const drawn = ({ search }: Comparison) => search?.drawn.map(({ trial }) => trial) ?? [];
    expect(drawn(result).slice(0, 10)).toEqual(drawn(random).slice(0, 10));
    expect(drawn(result).slice(10)).not.toEqual(drawn(random).slice(10));
  });

  test('has the bits of the same trials given', async () => {
    const result = await tpe();
    const given = await compare(model, data, {
      ...{ loss: 'mse', epochs: 8, repeats: 1 },
      trials: result.trials.map(({ name, recipe: { learningRate, optimizer, batchSize } }) => ({
        name,
        learningRate: learningRate.includes('(') ? learningRate : Number(learningRate),
        optimizer,
        batchSize,
      })),
    });
    expect(untimed(given).trials.map(({ trainings }) => trainings)).toEqual(
      untimed(result).trials.map(({ trainings }) => trainings),
    );
  });

  test('interrupted and resumed, it draws the same', async () => {
    const options = { halving: 'asynchronous' } as const;
    const whole = memoryJournal();
    const expected = untimed(await tpe({ ...options, journal: whole }));
    for (const after of [1, 9, 24, whole.lines.length - 2]) {
      const journal = memoryJournal();
      const interrupted = tpe({ ...options, ...interruptedOnce(journal, ({ length }) => length === after) });
      expect((await rejection(interrupted)).message).toBe('interrupted');
      expect(untimed(await tpe({ ...options, journal }))).toEqual(expected);
    }
    // Another space is another search.
    const other = searched(
      { ...space, trials: 16, sampler: 'tpe', weightDecay: [0.1] },
      { epochs: 8, ...options, journal: whole },
    );
    await expect(other).rejects.toThrow(/^the journal must be of the same comparison; /);
  });

  test('refuses halving that waits for all trials', async () => {
    await expect(tpe({ halving: true })).rejects.toThrow(
      'halving must be asynchronous or false where search.sampler is tpe, which draws a trial by how the earlier ones did; got true',
    );
  });
});

test('a note says which batch sizes train alike, because each holds all rows', async () => {
  // 32 of the 40 rows are trained on.
  const noted = async (high: number) =>
    (await searched({ trials: 2, batchSize: { low: 16, high } }, { epochs: 1 })).setup.notes.filter((note) =>
      note.startsWith('search:'),
    );
  expect(await noted(32)).toEqual([]);
  expect(await noted(128)).toEqual([
    'search: batches of 32, 64 and 128 hold all 32 training rows, so they train alike',
  ]);
});

describe('a search that cannot be is refused with one sentence', () => {
  test.each<[string, Partial<SearchOptions> | object, RegExp]>([
    ['one trial', { trials: 1 }, /^search\.trials must be a whole number at least 2 and at most 100000; got 1$/],
    ['an unknown sampler', { sampler: 'grid' }, /^search\.sampler must be one of random, tpe; got "grid"$/],
    ['an unknown option', { rate: 1 }, /^unknown option search\.rate/],
    [
      'a rate to be found',
      { learningRate: 'find' },
      /^search\.learningRate must go from a number to a higher one, both from 1e-37 .*; got "find"$/,
    ],
    ['no rate', { learningRate: [] }, /^search\.learningRate must be a list of at least one; got \[\]$/],
    ['a rate of 0', { learningRate: [0, 1] }, /^search\.learningRate\[0\] must be a number above 0; got 0$/],
    ['a rate twice', { learningRate: [0.1, 0.1] }, /^search\.learningRate must have each value once; got 0\.1 twice$/],
    [
      'ends in the wrong order',
      { weightDecay: { low: 1, high: 0.1 }, optimizer: ['adamw'] },
      /^search\.weightDecay must go from a number to a higher one, .*; got 1 to 0\.1$/,
    ],
    [
      'weight decay of an optimizer that has none',
      { weightDecay: { low: 0.1, high: 1 }, optimizer: ['sgd'] },
      /^search\.weightDecay must be left out, or an optimizer that has weight decay, .*; got sgd$/,
    ],
    [
      'a schedule with its rate',
      { schedule: ['cosine(0.1)'] },
      /^search\.schedule\[0\] must have its parameters by name/,
    ],
    [
      'a schedule that no rate scales',
      { schedule: ['join'] },
      /^search\.schedule\[0\] must be a schedule with one rate/,
    ],
    [
      'an optimizer that finds its rate',
      { optimizer: ['adam', 'prodigy'] },
      /^search\.optimizer must be optimizers that need a learning rate; got prodigy/,
    ],
    [
      'an optimizer twice',
      { optimizer: ['adam', { name: 'adam', beta1: 0.9 }] },
      /^search\.optimizer must have each value once; got adam twice$/,
    ],
    ['half a row', { batchSize: [8.5] }, /^search\.batchSize must be a whole number at least 1; got 8\.5$/],
    [
      'more trials than there are',
      { learningRate: [0.1, 0.2, 0.3] },
      /^search\.trials must be at most the number of configurations that differ, 3; got 8$/,
    ],
    [
      'more trials than a range has numbers',
      { learningRate: { low: 0.1, high: 0.1003 }, sampler: 'tpe' },
      /^search\.trials must be at most the number of configurations that differ, 4; got 8$/,
    ],
    [
      'a range of more than its ends',
      { learningRate: { low: 0.1, high: 1, step: 0.1 } },
      /^search\.learningRate must have low and high and nothing else; got step$/,
    ],
    [
      'a weight decay beside the one that is drawn',
      { optimizer: ['sgd', { name: 'adamw', weightDecay: 0.3 }], weightDecay: { low: 0.1, high: 1 } },
      /^search\.optimizer must leave weightDecay out where search\.weightDecay is drawn; got \{"name":"adamw","weightDecay":0\.3\}$/,
    ],
    [
      // 32 rows in batches of 4 are 32 steps in four epochs, in batches of 32 only 4.
      'a schedule that is too long for one of the batch sizes, which need not be drawn first',
      { schedule: ['constant', 'cosine(warmup=20)'], batchSize: [4, 32], sampler: 'tpe' },
      /^cosine\.steps must be above 0; got auto, for which a warm-up or the schedules before leave -16 steps/,
    ],
  ])('%s', async (_, search, message) => {
    await expect(searched(search)).rejects.toThrow(message);
  });

  test('null', async () => {
    await expect(compare(model, data, { search: null } as unknown as CompareOptions)).rejects.toThrow(
      /^search must be an object, such as \{ trials: … \}; got null$/,
    );
  });

  test('beside trials', async () => {
    await expect(searched({}, { trials: [{ learningRate: 0.1 }] })).rejects.toThrow(
      'trials must be left out where a search draws them; got both',
    );
  });
});
