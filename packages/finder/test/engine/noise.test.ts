import { statelessUniform, useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { drawNoise } from '../../src/engine/noise.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { backend } from '../backend.js';

const random = vi.spyOn(Math, 'random');

beforeAll(async () => {
  await useBackend(backend);
});

beforeEach(() => {
  tf.engine().startScope();
  random.mockClear();
});

afterEach(() => tf.engine().endScope());

function modelOf(layer: layers.Layer, shape: number[]): LayersModel {
  const start = input({ shape });
  return functional({ inputs: start, outputs: layer.apply(start) as SymbolicTensor });
}

/** What a model makes of `x` in training. */
function noisy(model: LayersModel, x: tf.Tensor, seed: readonly [number, number] = [3, 1]): Float32Array {
  return tf.tidy(() => {
    const output = () => model.apply(x, { training: true }) as tf.Tensor;
    return drawNoise(layersWithin(model), tf.tensor1d([...seed], 'int32'), output).dataSync() as Float32Array;
  });
}

/** How often `action` draws. */
async function drawsOf(action: () => unknown): Promise<number> {
  const { kernels } = await tf.profile(() => {
    action();
  });
  return kernels.filter(({ name }) => name === 'StatelessRandomUniform').length;
}

const uniforms = (shape: number[], salt: number) =>
  tf.tidy(() => statelessUniform(shape, tf.tensor1d([3, 1], 'int32'), salt).dataSync());
const mean = (values: Iterable<number>) => {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
};
const variance = (values: Float32Array) => mean(values.map((value) => (value - mean([0])) ** 2)) - mean(values) ** 2;
const pooled = (shape: number[]) => tf.tidy(() => tf.randomNormal(shape, 0, 1, 'float32', 5));

describe('dropout', () => {
  test('keeps what is drawn at or above the rate, divided by 1 − rate, and drops the rest', () => {
    const x = pooled([100, 50]);
    const values = x.dataSync();
    const y = noisy(modelOf(layers.dropout({ rate: 0.25 }), [50]), x);
    const drawn = uniforms([100, 50], 0);
    y.forEach((value, i) => {
      expect(value).toBeCloseTo((drawn[i] as number) >= 0.25 ? (values[i] as number) / 0.75 : 0, 5);
    });
  });

  test.each([0.1, 0.5, 0.9])('of rate %d drops that share of the values, within 4 standard errors', (rate) => {
    const y = noisy(modelOf(layers.dropout({ rate }), [500]), tf.ones([200, 500]));
    const dropped = mean(Array.from(y, (value) => Number(value === 0)));
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / 100_000));
    expect(new Set(y).size).toBe(2);
    expect(Math.max(...y.subarray(0, 1000))).toBeCloseTo(1 / (1 - rate), 5);
  });

  test('repeats its noise along the axes of length 1 in its noise shape, and takes a missing length from the input', () => {
    const layer = layers.dropout({ rate: 0.5, noiseShape: [null as unknown as number, 1, 4] });
    const y = tf.tensor3d(noisy(modelOf(layer, [3, 4]), tf.ones([8, 3, 4])), [8, 3, 4]).arraySync();
    for (const [first, ...others] of y) for (const other of others) expect(other).toEqual(first);
    expect(new Set(y.map(([first]) => JSON.stringify(first))).size).toBeGreaterThan(3);
  });

  test('in its spatial form drops whole channels of a sequence', () => {
    const y = tf.tensor3d(
      noisy(modelOf(layers.spatialDropout1d({ rate: 0.5 }), [6, 32]), tf.ones([4, 6, 32])),
      [4, 6, 32],
    );
    for (const [first, ...others] of y.arraySync()) for (const other of others) expect(other).toEqual(first);
    expect([...tf.unique(tf.reshape(y, [-1])).values.dataSync()].sort()).toEqual([0, 2]);
  });
});

describe('noise', () => {
  test('that is Gaussian is added with its standard deviation, normally distributed, the input being shifted by nothing', () => {
    const N = 100_000;
    const y = noisy(modelOf(layers.gaussianNoise({ stddev: 0.5 }), [N]), tf.fill([1, N], 2));
    const z = y.map((value) => (value - 2) / 0.5);
    // Standard errors of the first four moments of a normal sample: 1, √2, √15 and √96 over √N.
    const moments = [1, 2, 3, 4].map((power) => mean(z.map((value) => value ** power)));
    for (const [i, expected] of [0, 1, 0, 3].entries()) {
      const error = Math.sqrt([1, 2, 15, 96][i] as number) / Math.sqrt(N);
      expect(Math.abs((moments[i] as number) - expected), `moment ${i + 1}`).toBeLessThan(4 * error);
    }
    // Shares below some quantiles of the normal distribution.
    for (const [quantile, share] of [
      [-1.959964, 0.025],
      [-0.6744898, 0.25],
      [0, 0.5],
      [1.281552, 0.9],
      [3.090232, 0.999],
    ] as const) {
      const below = mean(z.map((value) => Number(value < quantile)));
      expect(Math.abs(below - share), `below ${quantile}`).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / N));
    }
  });

  test('of Gaussian dropout multiplies by numbers of mean 1 and variance rate / (1 − rate)', () => {
    const N = 100_000;
    const y = noisy(modelOf(layers.gaussianDropout({ rate: 0.2 }), [N]), tf.fill([1, N], -3));
    const factors = y.map((value) => value / -3);
    expect(Math.abs(mean(factors) - 1)).toBeLessThan(4 * Math.sqrt(0.25 / N));
    expect(Math.abs(variance(factors) - 0.25)).toBeLessThan(4 * 0.25 * Math.sqrt(2 / N));
  });

  test.each([
    ['alpha dropout', () => layers.alphaDropout({ rate: 0.3 })],
    ['dropout', () => layers.dropout({ rate: 0.3 })],
  ])("of %s gives the two values that TensorFlow.js's own gives, as often", (_, layer) => {
    const x = tf.fill([1, 20_000], 0.75);
    const model = modelOf(layer(), [20_000]);
    random.mockReturnValue(0.123);
    const stock = (model.apply(x, { training: true }) as tf.Tensor).dataSync();
    random.mockReset();
    const ours = noisy(model, x);
    expect(new Set(ours)).toEqual(new Set(stock));
    expect(new Set(ours).size).toBe(2);
    const error = Math.abs(ours[0] as number) + 2;
    expect(Math.abs(mean(ours) - mean(stock))).toBeLessThan(error * 4 * Math.sqrt((2 * 0.21) / 20_000));
  });

  test('of alpha dropout repeats along the axes of length 1 in its noise shape', () => {
    const layer = layers.alphaDropout({ rate: 0.5, noiseShape: [8, 1] });
    for (const row of tf.tensor2d(noisy(modelOf(layer, [5]), tf.ones([8, 5])), [8, 5]).arraySync())
      expect(new Set(row).size).toBe(1);
  });
});

/** Each way to have noise in a model: its layer, the shape of a row, and the number of draws in a step. */
const PLACES: Record<string, [layer: () => layers.Layer, shape: number[], draws: number]> = {
  dropout: [() => layers.dropout({ rate: 0.5 }), [6], 1],
  'dropout with a seed': [() => layers.dropout({ rate: 0.5, seed: 7 }), [6], 1],
  spatialDropout1d: [() => layers.spatialDropout1d({ rate: 0.5 }), [3, 4], 1],
  gaussianNoise: [() => layers.gaussianNoise({ stddev: 1 }), [6], 2],
  gaussianDropout: [() => layers.gaussianDropout({ rate: 0.5 }), [6], 2],
  alphaDropout: [() => layers.alphaDropout({ rate: 0.5 }), [6], 1],
  // One mask for the input and one for the state; LSTM cells make one for each gate, of which there are four, GRU cells three.
  simpleRNN: [() => layers.simpleRNN({ units: 3, dropout: 0.5, recurrentDropout: 0.5 }), [5, 2], 2],
  gru: [() => layers.gru({ units: 3, dropout: 0.5, recurrentDropout: 0.5 }), [5, 2], 6],
  lstm: [() => layers.lstm({ units: 3, dropout: 0.5, recurrentDropout: 0.5 }), [5, 2], 8],
  'lstm with dropout of the state alone': [() => layers.lstm({ units: 3, recurrentDropout: 0.5 }), [5, 2], 4],
  convLstm2d: [
    () => layers.convLstm2d({ filters: 2, kernelSize: 2, dropout: 0.5, recurrentDropout: 0.5 }),
    [2, 4, 4, 1],
    8,
  ],
  'stacked cells': [
    () =>
      layers.rnn({
        cell: [layers.lstmCell({ units: 3, dropout: 0.5 }), layers.gruCell({ units: 2, recurrentDropout: 0.5 })],
      }),
    [5, 2],
    7,
  ],
  timeDistributed: [() => layers.timeDistributed({ layer: layers.dropout({ rate: 0.5 }) }), [4, 3], 4],
  bidirectional: [
    () =>
      layers.bidirectional({ layer: layers.simpleRNN({ units: 3, dropout: 0.5 }) as layers.RNN, mergeMode: 'concat' }),
    [5, 2],
    2,
  ],
  'a model in a model': [
    () => sequential({ layers: [layers.dropout({ rate: 0.5, inputShape: [6] }), layers.gaussianNoise({ stddev: 1 })] }),
    [6],
    3,
  ],
};

describe.each(Object.entries(PLACES))('%s', (_, [layer, shape, draws]) => {
  const batch = [4, ...shape];

  test('draws from the seed alone: equal for equal seeds, new for another step or repetition', () => {
    const model = modelOf(layer(), shape);
    const x = pooled(batch);
    random.mockClear();
    const [first, again, step, repetition] = (
      [
        [3, 1],
        [3, 1],
        [3, 2],
        [4, 1],
      ] as const
    ).map((seed) => noisy(model, x, seed));
    expect(again).toEqual(first);
    expect(step).not.toEqual(first);
    expect(repetition).not.toEqual(first);
    expect(repetition).not.toEqual(step);
    expect(random).not.toHaveBeenCalled();
  });

  test('draws as often as it has noise, and not at all when not training', async () => {
    const model = modelOf(layer(), shape);
    const x = pooled(batch);
    const seed = tf.tensor1d([3, 1], 'int32');
    expect(await drawsOf(() => noisy(model, x))).toBe(draws);
    const outputs: tf.Tensor[] = [];
    expect(
      await drawsOf(() => drawNoise(layersWithin(model), seed, () => outputs.push(model.apply(x) as tf.Tensor))),
    ).toBe(0);
    expect(outputs[0]?.dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  });

  test('is as before afterwards, also after a throw, and nothing is left behind', () => {
    const model = modelOf(layer(), shape);
    const x = pooled(batch);
    const seed = tf.tensor1d([3, 1], 'int32');
    // A call builds what is built late.
    tf.dispose(model.predict(x));
    const [before, count] = [ownProperties(model), tf.memory().numTensors];
    noisy(model, x);
    expectSame(ownProperties(model), before);
    expect(tf.memory().numTensors).toBe(count);
    const failing = () =>
      tf.tidy(() => {
        model.apply(x, { training: true });
        throw new Error('in the step');
      });
    expect(() => drawNoise(layersWithin(model), seed, failing)).toThrow('in the step');
    expectSame(ownProperties(model), before);
    expect(tf.memory().numTensors).toBe(count);
  });
});

/** Every own property of the layers of a model. */
function ownProperties(model: LayersModel): unknown[] {
  return [...parts(model)].flatMap((part) => [part, ...Object.entries(part).flat(), part.call]);
}

function expectSame(now: unknown[], before: unknown[]): void {
  expect(now).toHaveLength(before.length);
  for (const [i, value] of before.entries()) expect(now[i]).toBe(value);
}

/** The layers of which those in the table are made, by name and without search. */
function* parts(layer: layers.Layer): Generator<layers.Layer> {
  yield layer;
  const inner = layer as unknown as Record<string, layers.Layer[] & layers.Layer>;
  for (const name of ['layers', 'cells']) for (const part of inner[name] ?? []) yield* parts(part);
  for (const name of ['layer', 'forwardLayer', 'backwardLayer', 'cell']) if (inner[name]) yield* parts(inner[name]);
}

test.each([
  ['dropout', () => layers.dropout({ rate: 0 })],
  ['gaussianNoise', () => layers.gaussianNoise({ stddev: 0 })],
  ['gaussianDropout', () => layers.gaussianDropout({ rate: 0 })],
  ['alphaDropout', () => layers.alphaDropout({ rate: 0 })],
])('%s of rate 0 draws nothing and changes nothing', async (_, layer) => {
  const x = pooled([4, 6]);
  const model = modelOf(layer(), [6]);
  expect(noisy(model, x)).toEqual(x.dataSync());
  expect(await drawsOf(() => noisy(model, x))).toBe(0);
});

test('two layers of one model do not share their noise', () => {
  const start = input({ shape: [64] });
  const outputs = [1, 2].map(() => layers.dropout({ rate: 0.5 }).apply(start) as SymbolicTensor);
  const model = functional({ inputs: start, outputs });
  const seed = tf.tensor1d([0, 1], 'int32');
  const [one, two] = drawNoise(
    layersWithin(model),
    seed,
    () => model.apply(tf.ones([1, 64]), { training: true }) as tf.Tensor[],
  );
  expect(one?.dataSync()).not.toEqual(two?.dataSync());
});

describe('what is not of TensorFlow.js is left alone', () => {
  class Doubling extends layers.Layer {
    static className = 'Doubling';
    override call(inputs: tf.Tensor | tf.Tensor[]) {
      return tf.mul([inputs].flat()[0] as tf.Tensor, 2);
    }
  }

  test('a subclass of dropout with a computation of its own', () => {
    const { constructor: Dropout } = layers.dropout({ rate: 0.5 });
    class Doubled extends (Dropout as new (options: object) => layers.Layer) {
      static className = 'Doubled';
      override call = Doubling.prototype.call;
    }
    expect([...noisy(modelOf(new Doubled({ rate: 0.5 }), [3]), tf.ones([1, 3]))]).toEqual([2, 2, 2]);
  });

  test('a layer whose call was replaced', () => {
    const layer = layers.dropout({ rate: 0.5 });
    const own = Doubling.prototype.call;
    layer.call = own;
    expect([...noisy(modelOf(layer, [3]), tf.ones([1, 3]))]).toEqual([2, 2, 2]);
    expect(layer.call).toBe(own);
  });

  test("a cell with the caller's dropout function", () => {
    const dropoutFunc = vi.fn((ones: tf.Tensor, rate: number) => tf.mul(ones, 1 - rate));
    const model = modelOf(layers.simpleRNN({ units: 2, dropout: 0.25, dropoutFunc } as never), [3, 1]);
    noisy(model, tf.ones([2, 3, 1]));
    expect(dropoutFunc).toHaveBeenCalledTimes(1);
  });
});

test('a backend without the kernel draws from Math.random as ever', () => {
  const kernel = tf.getKernel('StatelessRandomUniform', tf.getBackend());
  tf.unregisterKernel('StatelessRandomUniform', tf.getBackend());
  try {
    const model = modelOf(layers.dropout({ rate: 0.5 }), [64]);
    random.mockClear();
    const [first, again] = [noisy(model, tf.ones([1, 64])), noisy(model, tf.ones([1, 64]))];
    expect(random).toHaveBeenCalledTimes(2);
    expect(again).not.toEqual(first);
  } finally {
    tf.registerKernel(kernel as tf.KernelConfig);
  }
});
