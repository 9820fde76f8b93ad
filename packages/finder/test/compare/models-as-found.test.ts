import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { compare } from '../../src/compare.js';
import * as weightsModule from '../../src/model/weights.js';
import type { CompareOptions, ComparisonEvent } from '../../src/options.js';
import {
  bits,
  compiled,
  drawn,
  heights,
  points,
  regression,
  rejection,
  tensorsLeft,
  weights,
} from '../train/small-trainings.js';
import { trainingsOf } from './untimed.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const few = { epochs: 2, batchSize: 8, repeats: 2, loss: 'mse' };

describe('all models are as they were, and no tensor is left, after', () => {
  const aborted = (after: number) => {
    const controller = new AbortController();
    let evaluations = 0;
    const onEvaluation = () => {
      evaluations += 1;
      if (evaluations === after) controller.abort(new Error('enough'));
    };
    return { signal: controller.signal, onEvaluation };
  };
  let calls = 0;
  const loss = (target: tf.Tensor, prediction: tf.Tensor) => {
    calls += 1;
    if (calls === 4) throw new Error('enough');
    return tf.losses.meanSquaredError(target, prediction);
  };
  const onEvaluation = ({ trial, seed, evaluation }: ComparisonEvent) => {
    if (trial === 'second' && seed === 1 && evaluation.step === 4) throw new Error('enough');
  };
  test.each<[string, () => Partial<CompareOptions>, boolean]>([
    ['success', () => ({}), true],
    ['success, with drawn weights', () => ({ initialWeights: 'drawn' }), true],
    ['success, with halving', () => ({ halving: true, epochs: 4 }), true],
    ['an abort in the first training', () => aborted(1), false],
    ['an abort between two models', () => aborted(4), false],
    ['an abort in the second model', () => aborted(6), false],
    ['a listener that throws', () => ({ onEvaluation }), false],
    ['a loss that throws in the middle of a step', () => ({ loss }), false],
  ])('%s', async (_, options, succeeds) => {
    const models = [regression(), regression(), regression()].map((model) => compiled(model));
    const [first, second, third] = models as [(typeof models)[0], (typeof models)[0], (typeof models)[0]];
    const before = models.map(bits);
    const optimizers = models.map(({ optimizer }) => optimizer);
    const trials = [
      { name: 'first', learningRate: 0.05 },
      { name: 'second', learningRate: 0.05, model: second },
      { name: 'third', learningRate: 1e20, optimizer: 'sgd', model: third },
    ];
    const left = await tensorsLeft(async () => {
      const comparison = compare(first, data, { ...few, trials, ...options() });
      if (succeeds) await comparison;
      else expect((await rejection(comparison)).message).toBe('enough');
    });
    expect(models.map(bits)).toEqual(before);
    expect(models.map(({ optimizer }) => optimizer)).toEqual(optimizers);
    expect(left).toBe(0);
  });
});

describe('where a model cannot be put back', () => {
  const { assignTo, weightVariables } = weightsModule;
  /** Keeps the weights of some models from being assigned at the end, which comes with the first evaluation of a trial. */
  const broken = (some: readonly LayersModel[], how: () => void, last: string) => {
    let ended = false;
    const firsts = some.map((model) => weightVariables(model)[0]);
    vi.spyOn(weightsModule, 'assignTo').mockImplementation((variables, values) =>
      ended && firsts.includes(variables[0]) ? how() : assignTo(variables, values),
    );
    return ({ trial }: ComparisonEvent) => {
      if (trial !== last) return;
      ended = true;
      throw new Error('enough');
    };
  };
  afterEach(() => void vi.restoreAllMocks());

  const cases: [string, () => void, RegExp][] = [
    [
      'its checksum differs',
      () => {},
      /^the weights of model "sequential_\d+" could not be restored: their checksum differs/,
    ],
    [
      'the backend has no memory left',
      () => {
        throw new InputError('no memory');
      },
      /^no memory/,
    ],
  ];
  test.each(cases)(
    'because %s, all others are, none stays taken, and the error is reported',
    async (_, how, message) => {
      const models = [regression(), regression(), regression()] as const;
      const before = models.map(bits);
      const trials = models.map((model, i) => ({ name: `${i}`, learningRate: 0.1, model }));
      const left = await tensorsLeft(async () => {
        const onEvaluation = broken([models[0], models[1]], how, '2');
        const error = await rejection(compare(models[0], data, { ...few, trials, onEvaluation }));
        expect(error.message).toMatch(message);
        // One message for each model.
        expect(error.message.split('; ')).toHaveLength(2);
        expect(error.constructor.name).toBe(message.source.includes('memory') ? 'InputError' : 'Error');
        vi.restoreAllMocks();
      });
      expect(left).toBe(0);
      expect(bits(models[2])).toBe(before[2]);
      // Each can be trained again.
      for (const model of models) await compare(model, data, { ...few, trials: [{ learningRate: 0.1 }] });
    },
  );

  test('and a single error keeps its kind', async () => {
    const model = regression();
    const trials = [
      { name: 'one', learningRate: 0.1 },
      { name: 'two', learningRate: 0.1, model },
    ];
    const onEvaluation = broken([model], cases[1]?.[1] as () => void, 'two');
    const error = await rejection(compare(regression(), data, { ...few, trials, onEvaluation }));
    expect([error.constructor.name, error.message]).toEqual(['InputError', 'no memory']);
  });
});

test('models that share a layer start alike and are all as they were', async () => {
  const shared = layers.dense({ units: 4, activation: 'tanh', kernelInitializer: drawn(1) });
  const modelWith = (seed: number) => {
    const inputs = input({ shape: [2] });
    const outputs = layers.dense({ units: 1, kernelInitializer: drawn(seed) }).apply(shared.apply(inputs));
    return functional({ inputs, outputs: outputs as SymbolicTensor });
  };
  const [one, two] = [modelWith(2), modelWith(3)];
  const before = [one, two].map(weights);
  const trials = [
    { name: 'one', learningRate: 0.1 },
    { name: 'two', learningRate: 0.1, model: two },
  ];
  const together = await compare(one, data, { ...few, trials });
  expect([one, two].map(weights)).toEqual(before);
  const alone = await compare(two, data, { ...few, trials: [{ name: 'two', learningRate: 0.1 }] });
  expect(trainingsOf(together, 'two').map(({ start }) => start)).toEqual(
    trainingsOf(alone, 'two').map(({ start }) => start),
  );
});

test('memory is flat: later trainings hold no more tensors than earlier ones', async () => {
  const held: number[] = [];
  const rates = Array.from({ length: 12 }, (_, i) => ({ learningRate: 0.001 * 1.5 ** i }));
  const before = tf.memory().numTensors;
  const model = regression();
  const own = tf.memory().numTensors - before;
  const onEvaluation = () => held.push(tf.memory().numTensors);
  await compare(model, data, { ...few, initialWeights: 'drawn', trials: rates, onEvaluation });
  expect(held).toHaveLength(12 * 2 * 2);
  // The first training records its steps; from then on everything is there that is needed.
  expect(new Set(held.slice(4)).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before + own);
});
