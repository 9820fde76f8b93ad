import { useBackend } from '@lrfind/backends';
import { Comparison } from '@lrfind/core/results';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import type { CompareOptions, ComparisonEvent } from '../../src/options.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';
import { drawn, heights, points, regression } from '../train/small-trainings.js';
import { lasting } from './lasting.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 2, batchSize: 8, repeats: 2, loss: 'mse', optimizer: 'sgd' };
const compared = (
  options: Partial<CompareOptions> & Pick<CompareOptions, 'trials'>,
  model: LayersModel = regression(),
) => compare(model, data, { ...lasting(few, options), trials: options.trials });
const names = ({ trials }: Comparison) => trials.map(({ name }) => name);

test('the document fits its published schema, also read by another validator', async () => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(Comparison)));
  const rates = [1e-4, 0.01, 0.1, 1e20].map((learningRate) => ({ learningRate }));
  for (const options of [{}, { halving: true, epochs: 4 }, { repeats: 1 }, { steps: 9 }]) {
    const comparison = await compared({ ...options, trials: rates });
    expect(validate(JSON.parse(JSON.stringify(comparison))), JSON.stringify(validate.errors)).toBe(true);
  }
});

test('the ranking is that of the mean last losses, and what is behind is a moderated interval of the differences', async () => {
  const trials = [1e-4, 0.1, 0.01].map((learningRate) => ({ learningRate }));
  const comparison = await compared({ trials, repeats: 3, initialWeights: 'drawn' });
  const losses = new Map(
    comparison.trials.map(({ name, trainings }) => [
      name,
      trainings.map(({ evaluations }) => evaluations.at(-1)?.validation?.loss as number),
    ]),
  );
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
  const expected = [...losses].sort(([, a], [, b]) => mean(a) - mean(b)).map(([name]) => name);
  expect(comparison.ranking.map(({ name }) => name)).toEqual(expected);
  const best = losses.get(expected[0] as string) as number[];
  const behindBest = (name: string) => (losses.get(name) as number[]).map((each, i) => each - (best[i] as number));
  const level = (name: string) => (mean(losses.get(name) as number[]) + mean(best)) / 2;
  const relative = (name: string) => {
    const differences = behindBest(name);
    return (mean(differences.map((each) => (each - mean(differences)) ** 2)) * 1.5) / level(name) ** 2;
  };
  const [first, second] = expected.slice(1).map(relative) as [number, number];
  // The logarithm of a variance with two degrees of freedom lacks Euler's constant.
  const common = Math.sqrt(first * second) * Math.exp(0.5772157);
  for (const { name, loss, spread, behind, step, outcome } of comparison.ranking) {
    const own = losses.get(name) as number[];
    expect(loss).toBeCloseTo(mean(own), 10);
    expect(spread).toBeCloseTo(Math.sqrt(mean(own.map((each) => (each - mean(own)) ** 2)) * 1.5), 10);
    expect([step, outcome]).toEqual([8, 'finished']);
    if (name === expected[0]) expect(behind).toBeNull();
    else {
      // What all have in common counts as one degree of freedom: of three, 3.1824 standard errors.
      const reach = 3.1824 * Math.sqrt((common + 2 * relative(name)) / 3 / 3) * level(name);
      const difference = mean(behindBest(name));
      expect(behind?.difference).toBeCloseTo(difference, 10);
      expect(behind?.low).toBeCloseTo(difference - reach, 4);
      expect(behind?.high).toBeCloseTo(difference + reach, 4);
      expect(behind?.verdict).toBe(difference > reach ? 'worse' : 'same');
    }
  }
});

test('a trial that diverges is ranked last and marked, and the result says how far it got', async () => {
  const comparison = await compared({
    trials: [
      { name: 'fast', learningRate: 1e20 },
      { name: 'slow', learningRate: 0.05 },
    ],
  });
  const [first, last] = comparison.ranking;
  expect([first?.name, first?.outcome]).toEqual(['slow', 'finished']);
  expect(last).toMatchObject({
    name: 'fast',
    outcome: 'diverged',
    loss: null,
    spread: null,
    behind: null,
    metrics: {},
  });
  const ends = comparison.trials[0]?.trainings.map(({ outcome, divergedAt }) => [outcome, divergedAt]);
  expect(ends?.map(([outcome]) => outcome)).toEqual(['diverged', 'diverged']);
  expect(last?.step).toBe(Math.min(...(ends ?? []).map(([, at]) => at as number)));
  expect(comparison.conclusions).toContain('Diverged: fast.');
});

test('where all diverge, no trial is the best', async () => {
  const { ranking, conclusions } = await compared({ trials: [{ learningRate: 1e20 }, { learningRate: 1e25 }] });
  expect(ranking.every(({ outcome, behind }) => outcome === 'diverged' && behind === null)).toBe(true);
  expect(conclusions).toEqual(['No trial finished: all 2 diverged, so the rates are too high for this model.']);
});

test('one seed shows no noise', async () => {
  const { ranking, conclusions } = await compared({
    repeats: 1,
    trials: [{ learningRate: 1e-4 }, { learningRate: 0.1 }],
  });
  expect(ranking[1]?.behind).toMatchObject({ low: null, high: null, verdict: 'unknown' });
  expect(ranking[0]?.spread).toBeNull();
  expect(conclusions).toContain('One seed cannot tell which differences are real; three can (--repeats 3).');
});

describe('what may be compared', () => {
  test('optimizers and batch sizes: smaller batches take more steps, and are measured at the same epochs', async () => {
    const comparison = await compared({
      trials: [
        { learningRate: 0.01, batchSize: 8 },
        { learningRate: 0.01, batchSize: 5 },
        { learningRate: 0.01, batchSize: 32, optimizer: { name: 'adam', beta1: 0.8 } },
      ],
    });
    // 32 rows to train on.
    const steps = comparison.trials.map(({ trainings }) => trainings[0]?.evaluations.map(({ step }) => step));
    expect(steps).toEqual([
      [4, 8],
      [7, 14],
      [1, 2],
    ]);
    for (const { trainings } of comparison.trials)
      expect(trainings[1]?.evaluations.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(names(comparison)).toEqual(['sgd, batch 8', 'sgd, batch 5', 'adam beta1=0.8, batch 32']);
    expect(comparison.trials[2]?.recipe.optimizer).toMatchObject({ name: 'adam', beta1: 0.8, beta2: 0.999 });
  });

  test('steps in the place of epochs', async () => {
    const { trials, ranking } = await compared({
      steps: 45,
      trials: [{ learningRate: 0.01 }, { learningRate: 0.01, batchSize: 5 }],
    });
    for (const { trainings, recipe } of trials) {
      const evaluations = trainings[0]?.evaluations ?? [];
      expect(evaluations).toHaveLength(20);
      expect(evaluations.at(-1)?.step).toBe(45);
      expect(recipe.rates.at(-1)?.step).toBe(44);
    }
    // Four batches make an epoch of the one, seven of the other.
    expect(trials.map(({ trainings }) => trainings[0]?.evaluations.at(-1)?.epoch)).toEqual([45 / 4, 45 / 7]);
    expect(ranking.map(({ step }) => step)).toEqual([45, 45]);
  });

  test('models, each on rows of its own form', async () => {
    const flat = sequential({
      name: 'flat',
      layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: drawn(3) })],
    });
    const deep = sequential({
      name: 'deep',
      layers: [
        layers.flatten({ inputShape: [2, 1] }),
        layers.dense({ units: 6, activation: 'tanh', kernelInitializer: drawn(1) }),
        layers.dense({ units: 1, kernelInitializer: drawn(2) }),
      ],
    });
    const other = { xs: xs.map((row) => row.map((value) => [value])), ys: data.ys };
    const comparison = await compare(flat, data, {
      ...few,
      trials: [{ learningRate: 0.05 }, { learningRate: 0.05, model: deep, data: other }],
    });
    expect(names(comparison)).toEqual(['flat', 'deep']);
    // Two weights and a bias; twelve and six, six and one.
    expect(comparison.trials.map(({ parameters }) => parameters)).toEqual([3, 25]);
    expect(comparison.trials.map(({ model }) => model)).toEqual(['flat', 'deep']);
  });

  test('what a trial leaves undefined is the comparison’s', async () => {
    const named = { name: undefined, model: undefined, data: undefined, validation: undefined, batchSize: undefined };
    const trials = [{ learningRate: 0.05, ...named, optimizer: undefined }, { learningRate: 0.1 }] as never;
    const plain = await compared({ trials: [{ learningRate: 0.05 }, { learningRate: 0.1 }] });
    const comparison = await compared({ trials });
    expect(names(comparison)).toEqual(names(plain));
    expect(comparison.trials[0]?.recipe).toEqual(plain.trials[0]?.recipe);
    expect(comparison.trials[0]?.model).toBe(comparison.trials[1]?.model);
  });

  test('a found rate: one search for each optimizer and batch size, that of train', async () => {
    const many = points(150);
    const rows = { xs: many, ys: heights(many) };
    const comparison = await compare(regression(), rows, {
      ...few,
      batchSize: 16,
      validationSplit: 0.25,
      seed: 3,
      trials: [{ learningRate: 'find' }, { learningRate: 0.001 }, { learningRate: 'find', optimizer: 'adam' }],
    });
    expect(names(comparison)).toEqual(['sgd, found rate', 'sgd, lr 0.001', 'adam, found rate']);
    for (const [i, optimizer] of ['sgd', null, 'adam'].entries()) {
      const { suggestion, learningRate } = comparison.trials[i]?.recipe ?? {};
      if (!optimizer) expect(suggestion).toBeNull();
      else {
        const options = { optimizer, loss: 'mse', batchSize: 16, seed: 3, validationSplit: 0.25, epochs: few.epochs };
        const { recipe } = await train(regression(), rows, { ...options, learningRate: 'find' });
        expect(suggestion).toEqual(recipe.suggestion);
        expect(learningRate).toBe(String(Number(suggestion?.learningRate.toPrecision(3))));
      }
    }
  });
});

test('onEvaluation gets every evaluation, with trial, seed and how many there will be', async () => {
  const events: ComparisonEvent[] = [];
  const comparison = await compared({
    trials: [{ learningRate: 0.01 }, { learningRate: 0.1 }],
    onEvaluation: (event) => events.push(structuredClone(event)),
    seed: 5,
  });
  expect(events.map(({ trial, seed, evaluation }) => [trial, seed, evaluation.step])).toEqual(
    ['lr 0.01', 'lr 0.1'].flatMap((trial) => [5, 6].flatMap((seed) => [4, 8].map((step) => [trial, seed, step]))),
  );
  for (const { trainings, evaluations } of events) expect([trainings, evaluations]).toEqual([4, 2]);
  expect(events.map(({ progress }) => progress)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((done) => done / 8));
  const measured = comparison.trials.flatMap(({ trainings }) => trainings.flatMap(({ evaluations }) => evaluations));
  expect(events.map(({ evaluation }) => evaluation)).toEqual(measured);
});
