import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import type { Schedule } from '@lrfind/core/schedules';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { weightVariables } from '../../src/model/weights.js';
import { optimizerFromTfjs } from '../../src/optimizers/from-tfjs.js';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { optimizers, resolveOptimizer } from '../../src/optimizers/registry.js';
import { RuleOptimizer } from '../../src/optimizers/rule-optimizer.js';
import { backend } from '../backend.js';
import { checksum } from '../checksum.js';

beforeAll(() => useBackend(backend));

/** A small classifier that starts from the same weights each time. */
function small(seed = 1): LayersModel {
  return sequential({
    layers: [
      layers.dense({
        units: 5,
        activation: 'tanh',
        inputShape: [3],
        kernelInitializer: glorot(seed),
        name: `a${seed}`,
      }),
      layers.dense({ units: 1, kernelInitializer: glorot(seed + 1), name: `b${seed}` }),
    ],
  });
}
const glorot = (seed: number) => ({ className: 'GlorotUniform', config: { seed } }) as never;
const data = () => {
  const xs = tf.randomUniform([24, 3], -1, 1, 'float32', 5);
  return { xs, ys: tf.tidy(() => tf.sum(tf.sin(xs), 1, true)) };
};
const fit = (model: LayersModel, epochs = 2, initialEpoch = 0) => {
  const { xs, ys } = data();
  return model.fit(xs, ys, { epochs, initialEpoch, batchSize: 8, shuffle: false, verbose: 0 });
};
const compiled = (name: string, options = {}, seed = 1) => {
  const model = small(seed);
  model.compile({ optimizer: optimizer(name, options), loss: 'meanSquaredError' });
  return model;
};
const bits = (model: LayersModel) => checksum(weightVariables(model));

describe.each(optimizers)('$name', ({ name, defaultRate }) => {
  const rate = name === 'adadelta' ? 1 : 0.05;

  test('its rate is Keras’s by default', () => {
    expect(optimizer(name).learningRate).toBe(defaultRate);
  });

  test('a fit leaves nothing but its state, of which dispose frees all', async () => {
    const before = tf.memory().numTensors;
    const model = compiled(name);
    const { xs, ys } = data();
    const own = tf.memory().numTensors;
    await model.fit(xs, ys, { epochs: 2, batchSize: 8, verbose: 0 });
    const slots = Object.keys((await model.optimizer.getWeights()).slice(1)).length;
    // The count of steps that getWeights handed out is one tensor.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(own + slots + 1);
    const held = tf.memory().numTensors;
    await model.fit(xs, ys, { epochs: 2, batchSize: 8, verbose: 0 });
    await model.optimizer.getWeights();
    expect(tf.memory().numTensors).toBe(held);
    model.optimizer.dispose();
    model.dispose();
    tf.dispose([xs, ys]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('it counts its steps', async () => {
    const model = compiled(name);
    await fit(model, 2);
    expect(model.optimizer.iterations).toBe(6);
  });

  test('training goes on from a saved state as if it had not stopped, bit for bit', async () => {
    const straight = compiled(name, { learningRate: rate });
    await fit(straight, 4);

    const first = compiled(name, { learningRate: rate });
    await fit(first, 2);
    const state = await first.optimizer.getWeights();
    const second = compiled(name, { learningRate: rate });
    second.setWeights(first.getWeights());
    const before = tf.memory().numTensors;
    await second.optimizer.setWeights(state);
    await second.optimizer.setWeights(state);
    expect(tf.memory().numTensors).toBe(before + state.length - 1 - sharedIn(second));
    await fit(second, 4, 2);
    expect(bits(second)).toBe(bits(straight));
    expect(second.optimizer.iterations).toBe(12);
  });

  /** Shared scalars exist from the start. */
  const sharedIn = (model: LayersModel) =>
    Object.keys(resolveOptimizer(optimizerFromTfjs(model.optimizer).spec).rule.shared).length;

  test('a model saved with its optimizer goes on as if it had not been', async () => {
    const straight = compiled(name, { learningRate: rate });
    await fit(straight, 4);

    const model = compiled(name, { learningRate: rate });
    await fit(model, 2);
    let saved: tf.io.ModelArtifacts = {};
    const save = async (artifacts: tf.io.ModelArtifacts) => {
      saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined }));
      saved.weightData = artifacts.weightData as ArrayBuffer;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } };
    };
    await model.save({ save }, { includeOptimizer: true });
    const loaded = await loadLayersModel({ load: async () => saved });
    expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
    expect(loaded.optimizer.iterations).toBe(6);
    await fit(loaded, 4, 2);
    expect(bits(loaded)).toBe(bits(straight));
  });

  test('its saved configuration is read as what it is', () => {
    const made = optimizer(name, { learningRate: 0.25 });
    const config = { class_name: made.getClassName(), config: JSON.parse(JSON.stringify(made.getConfig())) };
    const expected = { spec: { name, ...made.parameters }, rate: 0.25 };
    expect(optimizerFromTrainingConfig({ optimizer_config: config })).toEqual(expected);
    expect(optimizerFromTfjs(made)).toEqual(expected);
  });
});

test('a list of patterns survives the saving of a model', async () => {
  const model = compiled('muon', { excludeLayers: ['Output_1', '^b'], rmsRate: 0 });
  await fit(model);
  let saved: tf.io.ModelArtifacts = {};
  const save = async (artifacts: tf.io.ModelArtifacts) => {
    saved = { ...artifacts, trainingConfig: JSON.parse(JSON.stringify(artifacts.trainingConfig)) };
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } };
  };
  await model.save({ save }, { includeOptimizer: true });
  const loaded = await loadLayersModel({ load: async () => saved });
  expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
  const expected = { excludeLayers: ['Output_1', '^b'], rmsRate: 0 };
  expect((loaded.optimizer as RuleOptimizer).parameters).toMatchObject(expected);
  expect(optimizerFromTrainingConfig(saved.trainingConfig).spec).toMatchObject(expected);
});

test('a model that is compiled with one of ours is swept with its rule', async () => {
  const model = compiled('lion', { weightDecay: 0.5, learningRate: (step: number) => 0.1 / (1 + step) });
  const result = await findLearningRate(model, data(), { steps: 10, repeats: 1, batchSize: 8 });
  expect(result.setup.optimizer).toEqual({ name: 'lion', weightDecay: 0.5, beta1: 0.9, beta2: 0.99 });
  expect(model.optimizer.iterations).toBe(0);
});

test('the rate of each step is the schedule’s, from step 0', async () => {
  const seen: number[] = [];
  const model = compiled('sgd', { learningRate: (step: number) => seen.push(step) && 0.1 });
  await fit(model, 1);
  expect([...new Set(seen)]).toEqual([0, 1, 2]);
});

test('a schedule that moves the momentum moves that of the optimizer', async () => {
  const schedule: Schedule = Object.assign(() => 0.1, { momentum: (step: number) => 0.9 - step / 10 });
  const model = compiled('adam', { learningRate: schedule });
  await fit(model, 1);
  expect(optimizerFromTfjs(model.optimizer).spec.beta1).toBeCloseTo(0.7, 12);
});

test('a schedule is saved by its configuration, and a function without one is refused in words', () => {
  const schedule: Schedule = Object.assign(() => 0.1, { config: { name: 'constant', rate: 0.1 } });
  const made = optimizer('sgd', { learningRate: schedule });
  expect(made.getConfig()).toMatchObject({ learningRate: { name: 'constant', rate: 0.1 } });
  const config = { class_name: made.getClassName(), config: made.getConfig() };
  expect(optimizerFromTrainingConfig(config).rate).toEqual({
    name: 'constant',
    config: { name: 'constant', rate: 0.1 },
  });
  expect(() => optimizer('sgd', { learningRate: () => 0.1 }).getConfig()).toThrow(InputError);
});

test('a schedule may be written in any of its forms, and comes back from what was saved', () => {
  const steps = [0, 50, 100, 150];
  // Half a cosine from 0.1 to 0 over 100 steps.
  const expected = [0.1, 0.05, 0, 0];
  const forms = [
    'cosine(0.1, steps=100)',
    { name: 'cosine', rate: 0.1, steps: 100 },
    { class_name: 'CosineDecay', config: { initial_learning_rate: 0.1, decay_steps: 100 } },
  ];
  for (const learningRate of forms) {
    const made = optimizer('adam', { learningRate });
    const again = RuleOptimizer.fromConfig(RuleOptimizer as never, made.getConfig()) as RuleOptimizer;
    for (const { schedule } of [made, again]) {
      for (const [i, step] of steps.entries()) expect(schedule?.(step)).toBeCloseTo(expected[i] as number, 12);
    }
  }
});

test('a fault in a schedule’s text is shown by place', () => {
  expect(() => optimizer('adam', { learningRate: 'cosine(0.1, stepz=100)' })).toThrow(/learningRate: .*steps/s);
});

test('slots find their weights by name, also when some of them are frozen', async () => {
  const model = compiled('momentum');
  await fit(model);
  const state = await model.optimizer.getWeights();
  const held = state.find(({ name }) => name.startsWith('b1/kernel'))?.tensor.clone();
  (model.layers[0] as { trainable: boolean }).trainable = false;
  const next = optimizer('momentum', { learningRate: 0 });
  await next.setWeights(state);
  model.compile({ optimizer: next, loss: 'meanSquaredError' });
  await fit(model, 1);
  const found = (await next.getWeights()).find(({ name }) => name.startsWith('b1/kernel'))?.tensor;
  // At rate 0 the velocity only shrinks, by 0.9 in each of three steps.
  const expected = held && [...held.dataSync()].map((value) => value * 0.9 ** 3);
  [...(found?.dataSync() ?? [])].forEach((value, i) => {
    expect(value).toBeCloseTo(expected?.[i] as number, 6);
  });
});

test('a rate that follows a schedule is not silently replaced, but can be', () => {
  const made = optimizer('adam', { learningRate: () => 0.1 });
  expect(() => made.setLearningRate(0.2)).toThrow(/follows a schedule.*0\.2/);
  made.learningRate = 0.2;
  made.setLearningRate(0.3);
  expect(made.learningRate).toBe(0.3);
});

describe('refuses', () => {
  test.each([-1, Number.NaN, 'fast', null, {}])('the rate %j', (rate) => {
    expect(() => optimizer('adam', { learningRate: rate as number })).toThrow(/learningRate.*(got|unknown|fast)/s);
  });

  test('a parameter it does not have, with the nearest', () => {
    expect(() => optimizer('adamw', { weightdecay: 0.1 })).toThrow(/did you mean adamw.weightDecay/);
  });

  test('a schedule’s value that is no rate, naming the step', () => {
    const made = optimizer('sgd', { learningRate: () => Number.NaN });
    const weight = tf.variable(tf.scalar(1));
    expect(() => made.applyGradients([{ name: weight.name, tensor: tf.scalar(1) }])).toThrow(
      /for step 0 must be a finite number at least 0; got NaN$/,
    );
  });

  test('another optimizer’s state, and one of other weights', async () => {
    const adam = compiled('adam');
    await fit(adam);
    const state = await adam.optimizer.getWeights();
    await expect(optimizer('sgd').setWeights(state)).rejects.toThrow(/^the state of sgd must have iter; got iter, /);
    const other = optimizer('adam');
    await other.setWeights(state.slice(0, 5));
    const gradientsOf = (...shapes: number[][]) =>
      shapes.map((shape) => ({ name: tf.variable(tf.zeros(shape)).name, tensor: tf.zeros(shape) }));
    expect(() => other.applyGradients(gradientsOf([3, 5], [5], []))).toThrow(
      /must have as many weights as are trained, 3 .*; got 2 /,
    );
    expect(() => other.applyGradients(gradientsOf([5, 3], [5]))).toThrow(/must have shape \[5,3\] for .*; got \[3,5\]/);
  });

  test('a change of parameters that needs other state', () => {
    expect(() => optimizer('sgd').setParameter('momentum', 0.9)).toThrow(
      /^sgd.momentum must not become 0.9 during a training/,
    );
  });
});
