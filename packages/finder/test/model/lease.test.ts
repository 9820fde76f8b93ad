import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare.js';
import { findLearningRate } from '../../src/find.js';
import { leaseModel } from '../../src/model/lease.js';
import { copyWeights } from '../../src/model/weights.js';
import { train } from '../../src/train.js';
import { backend, exact } from '../backend.js';
import { bits, compiled, drawn, heights, network, points, regression, rejection } from '../train/small-trainings.js';

beforeAll(() => useBackend(backend));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const rates = { loss: 'mse', optimizer: 'sgd', batchSize: 8 } as const;

/** What is called while a session is open. */
interface Options {
  readonly meanwhile?: () => void;
  readonly signal?: AbortSignal;
}

/** The calls that open a session. Each measures several times, and each measurement calls `meanwhile`. */
const calls = {
  async findLearningRate(model: LayersModel, { meanwhile, signal }: Options = {}) {
    const options = { ...rates, steps: 30, repeats: 2, onStep: () => meanwhile?.(), signal };
    const { sweeps } = await findLearningRate(model, data, options);
    return sweeps as object;
  },
  async train(model: LayersModel, { meanwhile, signal }: Options = {}) {
    const options = { ...rates, learningRate: 0.05, epochs: 4, onEpoch: () => meanwhile?.(), signal };
    const { losses } = await train(model, data, options);
    return losses as object;
  },
  async compare(model: LayersModel, { meanwhile, signal }: Options = {}) {
    const trials = [{ learningRate: 0.05 }, { learningRate: 0.01 }];
    const options = { ...rates, trials, repeats: 2, epochs: 3, onEvaluation: () => meanwhile?.(), signal };
    const { ranking } = await compare(model, data, options);
    return ranking as object;
  },
};
type Call = (typeof calls)['train'];
const named = Object.entries(calls);
const pairs = named.flatMap(([outer, open]) => named.map(([inner, again]) => [inner, outer, again, open] as const));

/** Whether a model is marked as being trained, as `model.fit` checks. A Sequential fits through a model of its own. */
function isTraining(model: LayersModel): boolean {
  const { isTraining: itself, model: inner } = model as unknown as {
    isTraining: boolean;
    model?: { isTraining: boolean };
  };
  return itself || inner?.isTraining === true;
}

/** Calls something once while another call has its session open. */
async function during(open: Call, model: LayersModel, action: () => Promise<unknown>) {
  let inner: Promise<unknown> | undefined;
  const meanwhile = () => {
    inner ??= action();
  };
  const outcome = await open(model, { meanwhile });
  if (!inner) throw new Error('nothing was measured');
  return { outcome, inner: await inner };
}

const lrfindTrains = (name: string) =>
  `model "${name}" must not be in training; lrfind is training it, or a model that shares layers with it: await that call first`;

describe('a model that is being trained', () => {
  test.each(pairs)('is refused by %s inside %s, which ends as if nothing had happened', async (_, __, again, open) => {
    const [model, twin] = [regression(), regression()];
    const before = bits(model);
    const expected = await open(twin);
    const { outcome, inner } = await during(open, model, () => rejection(again(model)));
    expect(inner).toBeInstanceOf(InputError);
    expect((inner as Error).message).toBe(lrfindTrains(model.name));
    if (exact) {
      expect(withoutNames(outcome)).toEqual(withoutNames(expected));
      expect(bits(model)).toBe(bits(twin));
    }
    if (open !== calls.train) expect(bits(model)).toBe(before);
    expect(isTraining(model)).toBe(false);
  });

  test.each(named)('is refused inside %s through another model that shares a layer', async (_, open) => {
    const shared = layers.dense({ units: 4, activation: 'tanh', kernelInitializer: drawn(1) });
    const modelWith = (seed: number) => {
      const inputs = input({ shape: [2] });
      const output = layers.dense({ units: 1, kernelInitializer: drawn(seed) }).apply(shared.apply(inputs));
      return functional({ inputs, outputs: output as SymbolicTensor });
    };
    const [model, other] = [modelWith(2), modelWith(3)];
    const { inner } = await during(open, model, () => rejection(calls.findLearningRate(other)));
    expect((inner as Error).message).toBe(lrfindTrains(other.name));
    // Afterwards it is free.
    await calls.findLearningRate(other);
  });

  test.each(named)('is refused inside %s as a part of another, and the other way round', async (_, open) => {
    const part = network(4, 'linear');
    const inputs = input({ shape: [2] });
    const outputs = layers.dense({ units: 1, kernelInitializer: drawn(3) }).apply(part.apply(inputs));
    const whole = functional({ inputs, outputs: outputs as SymbolicTensor });
    const target = { ...data, ys: xs.map(() => [1, 2, 3, 4]) };
    const search = { ...rates, steps: 10, repeats: 1 };
    const before = [part, whole].map(bits);
    const first = await during(open, whole, () => rejection(findLearningRate(part, target, search)));
    expect((first.inner as Error).message).toBe(lrfindTrains(part.name));
    let inner: Promise<Error> | undefined;
    const onStep = () => {
      inner ??= rejection(open(whole));
    };
    await findLearningRate(part, target, { ...search, onStep });
    expect((await inner)?.message).toBe(lrfindTrains(whole.name));
    if (open !== calls.train) expect([part, whole].map(bits)).toEqual(before);
    expect([part, whole].some(isTraining)).toBe(false);
  });

  test.each(named)('is refused by model.fit inside %s; afterwards it may be fitted', async (_, open) => {
    const model = compiled(regression());
    const [x, y] = [tf.tensor2d(xs), tf.tensor2d(data.ys, [40, 1])];
    const fit = () => model.fit(x, y, { epochs: 2, verbose: 0 });
    const { inner } = await during(open, model, () => rejection(fit()));
    expect((inner as Error).message).toMatch(/another fit\(\) call is ongoing/);
    expect((await fit()).history.loss).toHaveLength(2);
    tf.dispose([x, y]);
  });

  test.each(named)('is refused by %s where model.fit is running, which then ends as it would have', async (_, open) => {
    const [model, twin] = [compiled(regression()), compiled(regression())];
    const [x, y] = [tf.tensor2d(xs), tf.tensor2d(data.ys, [40, 1])];
    const fit = (each: LayersModel) => each.fit(x, y, { epochs: 3, batchSize: 40, shuffle: false, verbose: 0 });
    const running = fit(model);
    const error = await rejection(open(model));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(
      `model "${model.name}" must not be in training; model.fit is running on it: await that call first`,
    );
    expect(isTraining(model)).toBe(true);
    expect((await running).history.loss).toHaveLength(3);
    await fit(twin);
    if (exact) expect(bits(model)).toBe(bits(twin));
    expect(isTraining(model)).toBe(false);
    await open(model);
    tf.dispose([x, y]);
  });
});

describe('weights that lrfind trains are trained by nobody else', () => {
  const shared = () => layers.dense({ units: 4, activation: 'tanh', kernelInitializer: drawn(1), inputShape: [2] });
  const modelWith = (first: layers.Layer, seed: number) => {
    const inputs = input({ shape: [2] });
    const normalised = layers.batchNormalization().apply(first.apply(inputs));
    const output = layers.dense({ units: 1, kernelInitializer: drawn(seed) }).apply(normalised);
    return compiled(functional({ inputs, outputs: output as SymbolicTensor }));
  };
  const rows = () => [tf.tensor2d(xs), tf.tensor2d(data.ys, [40, 1])] as const;
  const step = (model: LayersModel) => tf.tidy(() => model.apply(rows()[0], { training: true }) as tf.Tensor);
  const others: Record<string, (model: LayersModel, other: LayersModel) => Promise<unknown>> = {
    'fit of a model that shares a layer': async (_, other) => other.fit(...rows(), { verbose: 0 }),
    'trainOnBatch of a model that shares a layer': async (_, other) => other.trainOnBatch(...rows()),
    'trainOnBatch of the model itself': async (model) => model.trainOnBatch(...rows()),
    'a loop of the caller': async (model) => tf.train.sgd(0.1).minimize(() => tf.mean(step(model)) as tf.Scalar),
  };
  const cases = named.flatMap(([name, open]) =>
    Object.entries(others).map(([what, action]) => [what, name, action, open] as const),
  );
  test.each(cases)('not by %s inside %s, which ends as if nothing had happened', async (_, __, action, open) => {
    const [one, another] = [shared(), shared()];
    const [model, twin, other] = [modelWith(one, 2), modelWith(another, 2), modelWith(one, 3)];
    const expected = await open(twin);
    const { outcome, inner } = await during(open, model, () => rejection(action(model, other)));
    expect(inner).toBeInstanceOf(InputError);
    expect((inner as Error).message).toMatch(
      /^weight "\S+" must not be changed while lrfind trains model "\w+", which has it: await that call first$/,
    );
    if (exact) {
      expect(withoutNames(outcome)).toEqual(withoutNames(expected));
      expect(bits(model)).toBe(bits(twin));
    }
    // Afterwards all may be trained.
    await action(model, other);
    for (const { assign } of model.weights.map((weight) => weight.read() as tf.Variable))
      expect(assign).toBe(tf.Variable.prototype.assign);
  });

  test('not by a model.fit that was running on another model with a shared layer before', async () => {
    const one = shared();
    const [model, other] = [modelWith(one, 2), modelWith(one, 3)];
    const running = rejection(other.fit(...rows(), { batchSize: 4, epochs: 50, verbose: 0 }));
    await calls.findLearningRate(model);
    expect((await running).message).toMatch(/^weight "\S+" must not be changed while lrfind trains/);
  });

  test('nor set in a search; a callback of a training may set them', async () => {
    const model = regression();
    const zeros = () => model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight)));
    const { inner } = await during(calls.findLearningRate, model, () => rejection((async () => zeros())()));
    expect((inner as Error).message).toMatch(/^weight "\S+" must not be changed/);
    let done = false;
    const callbacks = {
      async onEpochEnd() {
        zeros();
        done = true;
      },
    };
    await train(model, data, { ...rates, learningRate: 0.05, epochs: 1, callbacks });
    expect(done).toBe(true);
    expect(model.getWeights().every((weight) => weight.dataSync().every((value) => value === 0))).toBe(true);
  });
});

test('weights are restored to where they were when a layer is frozen meanwhile, and their order changes', async () => {
  const square = () => layers.dense({ units: 2, kernelInitializer: drawn(4), biasInitializer: drawn(5) });
  const first = layers.dense({ units: 2, inputShape: [2], kernelInitializer: drawn(1), biasInitializer: drawn(2) });
  const model = sequential({ layers: [first, square(), layers.dense({ units: 1 })] });
  const byLayer = () => model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));
  const before = byLayer();
  await during(calls.findLearningRate, model, async () => {
    first.trainable = false;
  });
  expect(byLayer()).toEqual(before);
});

test('a model that is disposed meanwhile is named', async () => {
  const model = regression();
  const error = await rejection(during(calls.findLearningRate, model, async () => model.dispose()));
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toMatch(/^model "\w+" must not be disposed before the call ends; its weight "\S+" is$/);
});

/** A result without the names of models, which TensorFlow.js counts up, and without times. */
function withoutNames(outcome: object): unknown {
  return JSON.parse(JSON.stringify(outcome, (key, value) => (key === 'seconds' ? 0 : value)));
}

describe('a model is free again', () => {
  const enough = () => {
    throw new Error('enough');
  };
  const endings: Record<string, (open: Call, model: LayersModel) => Promise<unknown>> = {
    success: (open, model) => open(model),
    'an error': (open, model) => rejection(open(model, { meanwhile: enough })),
    'an abort': (open, model) => {
      const controller = new AbortController();
      const meanwhile = () => controller.abort(new Error('enough'));
      return rejection(open(model, { meanwhile, signal: controller.signal }));
    },
  };
  const cases = named.flatMap(([name, open]) =>
    Object.entries(endings).map(([ending, action]) => [ending, name, action, open] as const),
  );
  test.each(cases)('after %s of %s', async (ending, _, action, open) => {
    const model = regression();
    const outcome = await action(open, model);
    if (ending !== 'success') expect((outcome as Error).message).toBe('enough');
    expect(isTraining(model)).toBe(false);
    for (const again of Object.values(calls)) await again(model);
  });

  test('after data or options that do not fit it', async () => {
    const model = regression();
    await rejection(findLearningRate(model, { xs: [[1, 2, 3]], ys: [1] }, rates));
    await rejection(findLearningRate(model, data, { ...rates, optimizer: 'adm' }));
    await rejection(train(model, data, { ...rates, learningRate: 'cosin' }));
    await rejection(compare(model, data, { ...rates, trials: [{ learningRate: 0.1 }, { learningRate: 0.1 }] }));
    await rejection(compare(model, data, { ...rates, trials: [{ learningRate: 0.1, model: network(3, 'softmax') }] }));
    expect(isTraining(model)).toBe(false);
    await calls.train(model);
  });
});

test('two unrelated models are trained at the same time, each as it would be alone', async () => {
  const pair = () => [regression(), network(1, 'sigmoid')] as const;
  for (const [, one] of named) {
    for (const [, another] of named) {
      const [first, second] = pair();
      const alone = [await one(first), await another(second)];
      const [third, fourth] = pair();
      const together = await Promise.all([one(third), another(fourth)]);
      if (exact) {
        expect(withoutNames(together)).toEqual(withoutNames(alone));
        expect([third, fourth].map(bits)).toEqual([first, second].map(bits));
      }
      expect([third, fourth].some(isTraining)).toBe(false);
    }
  }
});

describe('a lease', () => {
  test('has the weights as they were, and restores them bit for bit or keeps what they became', async () => {
    const model = regression();
    const before = bits(model);
    const other = regression({ kernelInitializer: 'ones' });
    const tensors = tf.memory().numTensors;
    for (const end of ['restore', 'commit'] as const) {
      const lease = await leaseModel(model);
      const copies = copyWeights(model);
      expect(lease.weights.map((weight) => [...weight.dataSync()])).toEqual(copies.map((copy) => [...copy.dataSync()]));
      tf.dispose(copies);
      model.setWeights(other.getWeights());
      await lease[end]();
      expect(bits(model)).toBe(end === 'restore' ? before : bits(other));
      expect(tf.memory().numTensors).toBe(tensors);
    }
  });

  test('of one holder may be had for several models that share layers', async () => {
    const part = network(2, 'linear');
    const whole = sequential({ layers: [part, layers.dense({ units: 1 })] });
    const holder = {};
    const leases = [await leaseModel(part, holder), await leaseModel(whole, holder)];
    await expect(leaseModel(whole, {})).rejects.toThrow(lrfindTrains(whole.name));
    await expect(leaseModel(part)).rejects.toThrow(lrfindTrains(part.name));
    for (const lease of leases) await lease.restore();
    expect([part, whole].some(isTraining)).toBe(false);
    await (await leaseModel(whole)).restore();
  });

  test('that is refused changes nothing', async () => {
    const model = regression();
    const lease = await leaseModel(model);
    const tensors = tf.memory().numTensors;
    await expect(leaseModel(model)).rejects.toThrow(InputError);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(isTraining(model)).toBe(true);
    await lease.restore();
    expect(isTraining(model)).toBe(false);
  });
});
