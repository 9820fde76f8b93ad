import { useBackend } from '@lrfind/backends';
import type { TrainingResult } from '@lrfind/core/results';
import { checkTrainingCheckpoint } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { optimizers } from '../../src/optimizers/registry.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { backend, exact } from '../backend.js';
import { memoryJournal } from '../compare/memory-journal.js';
import { bits, drawn, heights, points, rejection, tensorsLeft, weights } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };

/** A base with batch normalisation and dropout, and a head, from the same weights each time. */
function make(): LayersModel {
  const base = sequential({
    name: 'base',
    layers: [
      layers.dense({ name: 'hidden', units: 5, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1) }),
      layers.batchNormalization({ name: 'norm' }),
      layers.dropout({ rate: 0.2 }),
    ],
  });
  const head = layers.dense({ name: 'head', units: 1, kernelInitializer: drawn(2) });
  return sequential({ name: 'tuned', layers: [layers.inputLayer({ inputShape: [2] }), base, head] });
}

const options: TrainOptions = { learningRate: 'cosine(0.05)', optimizer: 'adam', epochs: 3, batchSize: 8, seed: 2 };
const untimed = (result: object) =>
  JSON.parse(JSON.stringify(result, (key, value) => (key === 'seconds' || key === 'environment' ? 0 : value)));

/** A training's weights and losses. */
async function trained(more: Partial<TrainOptions>) {
  const model = make();
  const result = await train(model, data, { ...options, ...more });
  const values = weights(model);
  model.dispose();
  return { values, result };
}

describe.each(optimizers.map(({ name }) => name))('with %s', (optimizer) => {
  test('a multiplier of 1 gives the bits of a training without groups, and another gives others', async () => {
    const plain = await trained({ optimizer });
    const ones = await trained({ optimizer, groups: { 'base*': 1, head: 1 } });
    expect(ones.values).toEqual(plain.values);
    expect(ones.result.losses).toEqual(plain.result.losses);
    const slower = await trained({ optimizer, groups: { 'base*': 0.1 } });
    expect(slower.values).not.toEqual(plain.values);
    expect(slower.result.setup.notes.filter((note) => note.includes('operation by operation'))).toEqual([]);
  });

  test.runIf(exact)('one multiplier for all layers is a training at the multiplied rate, bit for bit', async () => {
    const schedule = (step: number) => 0.01 + 0.002 * step;
    const grouped = await trained({ optimizer, groups: { '*': 0.25 }, learningRate: schedule });
    const plain = await trained({ optimizer, learningRate: (step) => schedule(step) * 0.25 });
    expect(grouped.values).toEqual(plain.values);
  });
});

test('in the first step each layer moves as in a training at its own rate', async () => {
  const oneStep = { optimizer: { name: 'adamw', weightDecay: 0.3 }, epochs: 1, batchSize: 40, validationSplit: 0 };
  const at = async (learningRate: number, groups?: Record<string, number>) =>
    (await trained({ ...oneStep, learningRate, ...(groups && { groups }) })).values;
  const [grouped, base, head] = [await at(0.02, { base: 0.1 }), await at(0.02 * 0.1), await at(0.02)];
  // 10 + 5 weights of the dense layer, 5 + 5 of the normalisation, then 5 + 1 of the head, then the statistics.
  expect(grouped.slice(0, 25)).toEqual(base.slice(0, 25));
  expect(grouped.slice(25, 31)).toEqual(head.slice(25, 31));
  expect(base.slice(0, 25)).not.toEqual(head.slice(0, 25));
});

test.each<[string, TrainOptions['optimizer']]>([
  ['sgd with momentum', { name: 'sgd', momentum: 0.9 }],
  [
    'adamw, clipping of all gradients together and accumulation',
    { name: 'adamw', globalClipnorm: 0.5, gradientAccumulationSteps: 2 },
  ],
  ['nadam with a moving average of the weights', { name: 'nadam', useEma: true, emaOverwriteFrequency: 3 }],
])('a training with groups and %s is resumed to the same bits, and leaves no tensor', async (_, optimizer) => {
  const given = { ...options, optimizer, groups: { 'base*': 0.1 } };
  const states: string[] = [];
  const whole = make();
  const checkpoint = {
    open: async () => null,
    save: async (state: object) => {
      states.push(JSON.stringify(state));
    },
  };
  let expected: TrainingResult | undefined;
  const left = await tensorsLeft(async () => {
    expected = await train(whole, data, { ...given, checkpoint });
  });
  expect(left).toBe(0);
  for (const text of states) {
    const model = make();
    const stored = { open: async () => checkTrainingCheckpoint(JSON.parse(text), 'state'), save: async () => {} };
    const resumed = await train(model, data, { ...given, checkpoint: stored });
    expect([bits(model), untimed(resumed)]).toEqual([bits(whole), untimed(expected as object)]);
  }
});

test('a result records the groups and says what they are, and a checkpoint is that of its groups', async () => {
  const groups = { 'base*': 0.1 };
  const headers: object[] = [];
  const checkpoint = {
    async open(header: object) {
      headers.push(header);
      return null;
    },
    save: async () => {},
  };
  const result = await train(make(), data, { ...options, groups, checkpoint });
  expect(result.options.groups).toEqual(groups);
  expect(result.setup.notes).toContain(
    'learning rate by 2 groups: base* × 0.1 (base; 25 parameters), others × 1 (head; 6 parameters)',
  );
  expect(headers).toEqual([expect.objectContaining({ settings: expect.objectContaining({ groups }) })]);
});

describe('compare', () => {
  const trials = [{ learningRate: 0.05 }, { learningRate: 'cosine(0.05)' }];
  const length = { epochs: 2, repeats: 2, batchSize: 8, optimizer: 'adam' } as const;

  test('trains each trial as train does, and restores the model', async () => {
    const model = make();
    const before = bits(model);
    const given = { ...length, trials, groups: { 'base*': 0.1 } };
    const left = await tensorsLeft(() => compare(model, data, given));
    const { trials: compared, options: stored } = await compare(model, data, given);
    expect([bits(model), left, stored.groups]).toEqual([before, 0, { 'base*': 0.1 }]);
    const { result } = await trained({ ...{ epochs: 2, seed: 0, learningRate: 0.05 }, groups: { 'base*': 0.1 } });
    const losses = (training: TrainingResult['training'] | undefined) =>
      training?.evaluations.map(({ validation }) => validation?.loss);
    expect(losses(compared[0]?.trainings[0])).toEqual(losses(result.training));
  });

  test('a journal is that of its groups', async () => {
    const journal = memoryJournal();
    await compare(make(), data, { ...length, trials, groups: { 'base*': 0.1 }, journal });
    const other = compare(make(), data, { ...length, trials, groups: { 'base*': 0.2 }, journal });
    expect((await rejection(other)).message).toMatch(/groups/);
  });

  test('every model must have each group', async () => {
    const plain = sequential({ name: 'plain', layers: [layers.dense({ units: 1, inputShape: [2], name: 'head' })] });
    const both = [{ learningRate: 0.05 }, { learningRate: 0.05, model: plain }];
    const refused = await rejection(compare(make(), data, { ...length, trials: both, groups: { 'base*': 0.1 } }));
    expect(refused.message).toMatch(/^model "plain": group "base\*" must match/);
  });
});

describe('the search', () => {
  test('multiplies its rates: at 4 times the multipliers it measures what it measures at 4 times the rates', async () => {
    const sweep = { repeats: 2, steps: 40, batchSize: 8, optimizer: 'sgd', spacing: 'geometric' } as const;
    const losses = async (startLr: number, endLr: number, groups: Record<string, number>) => {
      const { sweeps } = await findLearningRate(make(), data, { ...sweep, startLr, endLr, groups });
      return sweeps.flatMap(({ points: all }) => all.map(({ loss }) => loss as number));
    };
    const [one, four] = [await losses(4e-4, 0.4, { base: 0.5 }), await losses(1e-4, 0.1, { base: 2, head: 4 })];
    expect(four.length).toBe(one.length);
    for (const [i, loss] of four.entries()) expect(loss / (one[i] as number)).toBeCloseTo(1, 3);
  });

  test('with lr find, a training searches with its groups', async () => {
    const find = { learningRate: 'find', optimizer: 'sgd', epochs: 1 } as const;
    const [grouped, plain] = [await trained({ ...find, groups: { '*': 0.01 } }), await trained(find)];
    const rate = ({ result }: typeof grouped) => result.recipe.suggestion?.learningRate as number;
    expect(rate(grouped) / rate(plain) / 100).toBeGreaterThan(0.7);
    expect(rate(grouped) / rate(plain) / 100).toBeLessThan(1.4);
  });
});

type Doors = [door: string, call: (groups: unknown) => Promise<unknown>][];
const doors: Doors = [
  ['find', (groups) => findLearningRate(make(), data, { groups } as never)],
  ['train', (groups) => train(make(), data, { ...options, groups } as never)],
  ['compare', (groups) => compare(make(), data, { trials: [{ learningRate: 1 }], groups } as never)],
];
const bad: [unknown, RegExp][] = [
  [{ 'base*': 0 }, /^the multiplier of group "base\*" must be above 0; got 0: .* trainable to false$/],
  [{ 'base*': -1 }, /^the multiplier of group "base\*" must be a finite number above 0; got -1$/],
  [{ 'base*': Number.NaN }, /a finite number above 0; got NaN$/],
  [{ 'base*': Number.POSITIVE_INFINITY }, /a finite number above 0; got Infinity$/],
  [{ 'base*': '0.1' }, /a finite number above 0; got "0.1"$/],
  [{ 'base*': null }, /a finite number above 0; got null$/],
  [{ 'base*': 1e-300 }, /^the multiplier of group "base\*" must be 1.2e-38 to 3.4e38, .* float32; got 1e-300$/],
  [{ 'base*': 1e300 }, /must be 1.2e-38 to 3.4e38/],
  [new Map([['base*', 0.1]]), /^groups must be a multiplier for each pattern.*; got an instance of Map$/],
  [{ '': 0.1 }, /^a group must have a pattern/],
  ['base*:0.1', /^groups must be a multiplier for each pattern of layer names, such as/],
  [['base*:0.1'], /^groups must be a multiplier for each pattern/],
  [null, /^groups must be a multiplier for each pattern/],
  [{ basis: 0.1 }, /^model "tuned": group "basis" must match .*; did you mean base\?$/],
  [{ dropout_nowhere: 0.1 }, /must match a layer with trainable weights; there are /],
  [{ base: 0.1, hidden: 0.2 }, /^model "tuned": layer "hidden" must be in one group; got "base:0.1" and "hidden:0.2"$/],
];

describe.each(doors)('%s refuses', (_, call) => {
  test.each(bad)('groups %j', async (groups, message) => {
    const tensors = tf.memory().numTensors;
    const error = await rejection(call(groups));
    expect([error.name, error.message]).toEqual(['InputError', expect.stringMatching(message)]);
    // Those of the model that the call made.
    expect(tf.memory().numTensors - tensors).toBe(8);
  });
});

test('a sweep whose multiplied rates float32 cannot hold is refused', async () => {
  const error = await rejection(findLearningRate(make(), data, { groups: { 'base*': 1e-32 } }));
  expect(error.message).toMatch(/^the multiplier of group "base\*" must be such that its rates are 1e-37 to 1e\+37/);
});
