import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../src/compare.js';
import { findLearningRate } from '../src/find.js';
import { encodeTable } from '../src/losses/encode-table.js';
import { optimizer } from '../src/optimizers/optimizer.js';
import { train } from '../src/train.js';
import { anotherCopy } from './another-copy.js';
import { heights, points, regression } from './train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const data = { xs, ys: heights(xs) };

/** The three calls, with whatever a caller may give. */
const calls = {
  findLearningRate: (model: unknown, rows: unknown, options: object = {}) =>
    findLearningRate(model as LayersModel, rows as never, options),
  train: (model: unknown, rows: unknown, options: object = {}) =>
    train(model as LayersModel, rows as never, { learningRate: 0.1, ...options }),
  compare: (model: unknown, rows: unknown, options: object = {}) =>
    compare(model as LayersModel, rows as never, { trials: [{ learningRate: 0.1 }], ...options }),
};

async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('was accepted');
}

/** What `tf.data.array(…)` has, without the package. */
const stream = {
  size: 40,
  iterator: async () => ({ next: async () => ({ done: false, value: { xs: [[1, 2, 3]], ys: [[1]] } }) }),
  forEachAsync: async () => {},
  batch: () => stream,
  toArray: async () => [],
};

describe.each(Object.entries(calls))('%s', (name, call) => {
  test('names a model of another copy of TensorFlow.js, whose classes it does not recognise', async () => {
    const other = anotherCopy();
    const dense = other.layers.dense({ units: 1, inputShape: [2], name: `another_copy_for_${name}` });
    const model = other.sequential({ layers: [dense], name: 'theirs' });
    expect(await refusal(() => call(model, data))).toMatch(
      /^(trial 1: )?model "theirs" must be made with the copy of @tensorflow\/tfjs-layers that lrfind uses, version 4\.22\.0; it is of another copy/,
    );
  });

  test.each([
    ['optimiser', 'optimizer'],
    ['Loss', 'loss'],
    ['initialweights', 'initialWeights'],
    ['sginal', 'signal'],
    ['batch_size', 'batchSize'],
    ['validation_split', 'validationSplit'],
    ['sead', 'seed'],
    ...(name === 'findLearningRate'
      ? [
          ['onstep', 'onStep'],
          ['start_lr', 'startLr'],
          ['sugest', 'suggest'],
        ]
      : []),
    ...(name === 'train'
      ? [
          ['callback', 'callbacks'],
          ['metric', 'metrics'],
          ['onepoch', 'onEpoch'],
          ['learning_rate', 'learningRate'],
        ]
      : []),
    ...(name === 'compare'
      ? [
          ['trial', 'trials'],
          ['jurnal', 'journal'],
          ['onEvalution', 'onEvaluation'],
          ['halfing', 'halving'],
        ]
      : []),
  ] as [string, string][])('answers %s with %s, and lists every option', async (wrong, right) => {
    const message = await refusal(() => call(regression(), data, { [wrong]: 1 }));
    expect(message).toMatch(new RegExp(`^unknown option ${wrong}; did you mean ${right}\\? Options: `));
    const listed = message.split('Options: ')[1]?.split(', ') ?? [];
    expect(listed).toEqual(
      expect.arrayContaining(['optimizer', 'loss', 'initialWeights', 'signal', 'seed', 'batchSize']),
    );
  });

  test('an option that is undefined counts as left out', async () => {
    const message = await refusal(() => call(regression(), undefined, { optimiser: undefined }));
    expect(message).toMatch(/^data must be/);
  });

  const wanted =
    'data must be { xs, ys } of tensors or arrays, a tf.data dataset or an iterable of such batches, or a dataset of encodeTable; got ';
  test('a stream whose batches do not fit is refused by the batch', async () => {
    expect(await refusal(() => call(regression(), stream))).toMatch(
      /batch 1 of data: xs must have rows of shape \[2\]; got \[3\]$/,
    );
  });

  test.each<[string, () => unknown, string]>([
    ['a promise', () => Promise.resolve(data), 'a promise; await it first'],
    ['nothing', () => undefined, 'undefined'],
    ['null', () => null, 'null'],
    ['an array', () => xs, 'an array; inputs and targets are one argument, { xs, ys }'],
    [
      'other names',
      () => ({ features: xs, labels: data.ys }),
      'an object with features, labels; call them xs and ys: { xs: features, ys: labels }',
    ],
    ['other things', () => ({ a: xs, b: data.ys }), 'an object with a, b'],
    ['a tensor', () => tf.tensor2d(xs), 'a single tensor; inputs and targets are one argument, { xs, ys }'],
    ['a path', () => 'data.csv', '"data.csv"; readTable reads a file, and encodeTable makes a dataset of it'],
    ['a function', () => () => data, 'a function; call it'],
    [
      'a generator function',
      () =>
        async function* batches() {
          yield data;
        },
      'a function, which makes batches when it is called; call it',
    ],
    ['a model', () => regression(), 'a model; the model comes first, then the data'],
    [
      'what encodeTable returns',
      () => ({ dataset: {}, losses: [], transform: () => ({}) }),
      'what encodeTable returns; give its dataset',
    ],
    [
      'a table',
      () => ({ source: 'a.csv', rows: 1, columns: [], values: new Float32Array() }),
      'a table; encodeTable makes a dataset of it',
    ],
  ])('names %s given as data', async (_, given, got) => {
    expect(await refusal(() => call(regression(), given()))).toBe(wanted + got);
  });

  test('refuses a tensor that was disposed of', async () => {
    const gone = tf.tensor2d(xs);
    gone.dispose();
    expect(await refusal(() => call(regression(), { ...data, xs: gone }))).toBe(
      'xs must be a tensor that is alive; it is disposed of',
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['no ys', { xs }, /^data must have xs and ys; got no ys$/],
    ['a misspelt ys', { xs, y: data.ys }, /^unknown option y; did you mean ys\? Options: xs, ys, sampleWeight$/],
    ['a stream as xs', { ...data, xs: stream }, /^xs must be tensors or arrays; got a tf\.data dataset/],
    [
      'a promise as ys',
      { ...data, ys: Promise.resolve([]) },
      /^ys must be tensors or arrays; got a promise; await it first$/,
    ],
    [
      'a dataset without targets',
      { rows: 1, inputs: [], notes: [] },
      /^data\.targets must be a list of \{ shape, values \}; got undefined$/,
    ],
    [
      'a dataset without notes',
      { rows: 1, inputs: [], targets: [] },
      /^data\.notes must be a list of texts; got undefined$/,
    ],
    [
      'a dataset of no rows',
      { rows: 0, inputs: [], targets: [], notes: [] },
      /^data\.rows must be a whole number at least 1; got 0$/,
    ],
  ])('refuses data with %s', async (_, given, message) => {
    expect(await refusal(() => call(regression(), given))).toMatch(message);
  });

  test('a stream whose batches do not fit is refused by the batch', async () => {
    expect(await refusal(() => call(regression(), stream))).toMatch(
      /batch 1 of data: xs must have rows of shape \[2\]; got \[3\]$/,
    );
  });

  test.each<[string, () => unknown, string]>([
    ['a promise', () => Promise.resolve(regression()), 'a promise; await it first'],
    ['nothing', () => undefined, 'undefined'],
    ['a path', () => 'model.json', '"model.json"; readModel reads a file'],
    ['the data', () => data, 'data, { xs, ys }; the model comes first, then the data'],
    ['a layer', () => layers.dense({ units: 1 }), 'a layer; a model is made of layers, as with tf.sequential'],
    [
      'what readModel returns',
      () => ({ model: regression(), hasWeights: false }),
      'what readModel returns; give its model',
    ],
    [
      'a graph model',
      () => ({ executor: {}, predict: () => {} }),
      'a graph model, which has no layers to train; convert it as a layers model',
    ],
    ['an object', () => ({ layers: 3 }), 'an object with layers'],
  ])('names %s given as a model', async (_, given, got) => {
    expect(await refusal(() => call(given(), data))).toBe(
      `model must be a layers model, as tf.sequential, tf.model and readModel make them; got ${got}`,
    );
  });

  test('leaves the model free after a refusal', async () => {
    const model = regression();
    await refusal(() => call(model, stream));
    await expect(train(model, data, { learningRate: 0.1, epochs: 1, loss: 'mse' })).resolves.toBeDefined();
  });
});

test.each<[string, () => unknown, RegExp]>([
  [
    'validation that is a stream',
    () => calls.train(regression(), data, { validation: stream }),
    /^batch 1 of validation: xs must have rows of shape \[2\]; got \[3\]$/,
  ],
  [
    'a test set that is a promise',
    () => calls.train(regression(), data, { test: Promise.resolve(data) }),
    /^test must be .*; got a promise/,
  ],
  [
    'no options',
    () => train(regression(), data, undefined as never),
    /^options must be an object, such as \{ learningRate: … \}; got undefined$/,
  ],
  ['a rate as options', () => train(regression(), data, 0.1 as never), /^options must be an object, .*; got 0\.1$/],
  [
    'targets as options',
    () => findLearningRate(regression(), data, tf.tensor1d([1]) as never),
    /^options must be an object, .*; got an instance of Tensor$/,
  ],
  [
    'an optimizer that is null',
    () => calls.train(regression(), data, { optimizer: null }),
    /^optimizer must be a name or an object with a name, .*; got null$/,
  ],
  [
    'a trial without a rate',
    () => calls.compare(regression(), data, { trials: [{ optimizer: 'sgd' }] }),
    /^a schedule must be a rate/,
  ],
  [
    'a trial of a promise',
    () => calls.compare(regression(), data, { trials: [{ learningRate: 1, model: Promise.resolve() }] }),
    /^trials\[0\]\.model must be a layers model, .*; got a promise/,
  ],
  [
    'a trial of a promise',
    () =>
      calls.compare(regression(), data, {
        trials: [{ learningRate: 1 }, { learningRate: 2, data: Promise.resolve(data) }],
      }),
    /^trials\[1\]\.data must be .*; got a promise/,
  ],
  [
    'a parameter of an optimizer',
    () => calls.train(regression(), data, { optimizer: { name: 'sgd', momentun: 0.9 } }),
    /did you mean sgd\.momentum\?/,
  ],
  [
    'an option of optimizer()',
    () => optimizer('adam', { learningrate: 0.1 }),
    /^unknown option adam\.learningrate; did you mean adam\.learningRate\?/,
  ],
  ['null for optimizer()', () => optimizer('adam', null as never), /^options must be an object/],
  [
    'an option of encodeTable',
    () => encodeTable({ columns: [], values: [] } as never, regression(), { scal: 'none', missing: 'mean' } as never),
    /^unknown option scal; did you mean scale\? Options: scale, missing, target, ignore, sampleWeight, oneHotLimit, scaleTarget, categorical, series, sharesMemory, loss$/,
  ],
  [
    'encodeTable without a scale',
    () => encodeTable({ columns: [], values: [] } as never, regression(), { missing: 'mean' } as never),
    /^scale must be given$/,
  ],
  [
    'a table and a model that are swapped',
    () => encodeTable(regression() as never, { columns: [] } as never, { scale: 'none', missing: 'mean' }),
    /^table must be a table of readTable; got a model/,
  ],
])('%s', async (_, run, message) => {
  expect(await refusal(run)).toMatch(message);
});
