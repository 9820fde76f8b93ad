import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { InputError } from '@lrfind/core';
import { resolveSchedule, type ScheduleSpec } from '@lrfind/core/schedules';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { optimizerFromTfjs } from '../../src/optimizers/from-tfjs.js';
import { optimizerFromTrainingConfig } from '../../src/optimizers/from-training-config.js';

beforeAll(() => tf.setBackend('wasm'));

const read = (className: string, config: object) =>
  optimizerFromTrainingConfig({ loss: 'mse', optimizer_config: { class_name: className, config } });

test.each(['LossScaleOptimizer', 'LossScaleOptimizerV3'])('%s of mixed precision is the optimizer in it', (name) => {
  const inner = { class_name: 'SGD', config: { learning_rate: 0.05, momentum: 0.9 } };
  const config = { inner_optimizer: inner, dynamic: true, initial_scale: 32768, dynamic_growth_steps: 2000 };
  expect(read(name, config)).toEqual(read('SGD', inner.config));
  expect(() => read(name, { inner_optimizer: { class_name: 'Ftrl', config: {} } })).toThrow(/Ftrl is not available/);
});

/** Written by hand in the forms that Keras 2 saves. Keras 3's are in the golden test. */
test.each([
  ['SGD', { lr: 0.01, momentum: 0.9, decay: 0, nesterov: true }, { name: 'sgd', momentum: 0.9, nesterov: true }, 0.01],
  [
    'SGD',
    { name: 'SGD', learning_rate: 0.1, decay: 0, momentum: 0.5, nesterov: false },
    { name: 'sgd', momentum: 0.5, nesterov: false },
    0.1,
  ],
  [
    'RMSprop',
    { name: 'RMSprop', learning_rate: 0.001, decay: 0, rho: 0.8, momentum: 0.1, epsilon: 1e-6, centered: true },
    { name: 'rmsprop', rho: 0.8, momentum: 0.1, epsilon: 1e-6, centered: true },
    0.001,
  ],
  [
    'Adam',
    { lr: 0.002, beta_1: 0.8, beta_2: 0.99, decay: 0, epsilon: null, amsgrad: true },
    { name: 'adam', beta1: 0.8, beta2: 0.99, amsgrad: true },
    0.002,
  ],
  [
    'Custom>Adam',
    {
      name: 'Adam',
      weight_decay: null,
      clipnorm: null,
      use_ema: false,
      ema_momentum: 0.99,
      jit_compile: true,
      is_legacy_optimizer: false,
      learning_rate: 0.003,
      beta_1: 0.7,
    },
    { name: 'adam', beta1: 0.7 },
    0.003,
  ],
  [
    'Adagrad',
    { learning_rate: 0.1, decay: 0, initial_accumulator_value: 0.2 },
    { name: 'adagrad', initialAccumulatorValue: 0.2 },
    0.1,
  ],
  ['Nadam', { learning_rate: 0.1, beta_1: 0.7 }, { name: 'nadam', beta1: 0.7 }, 0.1],
  ['AdamW', { learning_rate: 0.1, weight_decay: 0.02 }, { name: 'adamw', weightDecay: 0.02 }, 0.1],
  // Keras's AdamW is its Adam with a weight decay.
  [
    'Adam',
    { learning_rate: 0.1, weight_decay: 0.02, beta_1: 0.7 },
    { name: 'adamw', weightDecay: 0.02, beta1: 0.7 },
    0.1,
  ],
  ['adam', {}, { name: 'adam' }, undefined],
  ['Adam', { clipnorm: 1 }, { name: 'adam', clipnorm: 1 }, undefined],
  ['SGD', { clipvalue: 0.5, global_clipnorm: null }, { name: 'sgd', clipvalue: 0.5 }, undefined],
  ['Adam', { use_ema: true, ema_momentum: 0.9 }, { name: 'adam', useEma: true, emaMomentum: 0.9 }, undefined],
  ['Adam', { use_ema: false, ema_momentum: 0.9, ema_overwrite_frequency: 5 }, { name: 'adam' }, undefined],
  ['SGD', { gradient_accumulation_steps: 4 }, { name: 'sgd', gradientAccumulationSteps: 4 }, undefined],
  ['Lion', { global_clipnorm: 2 }, { name: 'lion', globalClipnorm: 2 }, undefined],
  [
    'ScheduleFreeAdamW',
    { learning_rate: 0.1, beta_1: 0.8, warmup_steps: 0, weight_decay: null },
    { name: 'schedule-free-adamw', beta1: 0.8 },
    0.1,
  ],
  // Keras's None is no decay and no scale, not its default.
  [
    'Muon',
    { weight_decay: null, adam_weight_decay: null, rms_rate: null, exclude_layers: ['output'], muon_b: -4 },
    { name: 'muon', weightDecay: 0, muonB: -4, rmsRate: 0, excludeLayers: ['output'], adamWeightDecay: 0 },
    undefined,
  ],
])('reads %s %j', (className, config, spec, rate) => {
  expect(read(className, config)).toEqual({ spec, rate });
});

test.each([
  ['SGD', () => tf.train.sgd(0.1)],
  ['Momentum', () => tf.train.momentum(0.1, 0.8, true)],
  ['Adagrad', () => tf.train.adagrad(0.1, 0.3)],
  ['Adadelta', () => tf.train.adadelta(0.1, 0.8)],
  ['Adam', () => tf.train.adam(0.1, 0.8)],
  ['RMSProp', () => tf.train.rmsprop(0.1, 0.8, 0.2, 1e-4, true)],
])('reads the %s that TensorFlow.js saves as it reads the optimizer itself', async (_, make) => {
  const optimizer = make();
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  let saved: unknown;
  const handler = tf.io.withSaveHandler(async ({ trainingConfig }) => {
    saved = JSON.parse(JSON.stringify(trainingConfig));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler, { includeOptimizer: true });
  expect(optimizerFromTrainingConfig(saved)).toEqual(optimizerFromTfjs(optimizer));
});

test('rmsprop’s decay is rho in TensorFlow.js’s spelling and a decay of the rate in Keras’s', () => {
  expect(read('RMSProp', { learningRate: 0.1, decay: 0.8 }).spec).toEqual({ name: 'rmsprop', rho: 0.8 });
  for (const name of ['RMSprop', 'RMSProp']) {
    const { spec, rate } = read(name, { learning_rate: 0.1, rho: 0.9, decay: 0.8 });
    expect(spec).toEqual({ name: 'rmsprop', rho: 0.9 });
    expect(rate).toMatchObject({ name: 'InverseTimeDecay' });
  }
});

test('the decay of Keras 2 is the schedule rate / (1 + decay · step)', () => {
  const { spec, rate } = read('SGD', { lr: 0.01, decay: 0.25, momentum: 0.9 });
  expect(spec).toEqual({ name: 'sgd', momentum: 0.9 });
  const schedule = resolveSchedule(rate as ScheduleSpec);
  for (const step of [0, 1, 4, 100]) expect(schedule(step)).toBeCloseTo(0.01 / (1 + 0.25 * step), 12);
});

test('what changes nothing is ignored: a scaled loss, and the decay that nadam has anyway', () => {
  expect(read('Adam', { loss_scale_factor: 128 }).spec).toEqual({ name: 'adam' });
  expect(read('Nadam', { learning_rate: 0.1, decay: 0.004 })).toEqual({ spec: { name: 'nadam' }, rate: 0.1 });
  expect(read('Nadam', { schedule_decay: 0.004 }).spec).toEqual({ name: 'nadam' });
});

test('reads the optimizer of a .keras file, one by itself, and one that is a name', () => {
  const optimizer = { module: 'keras.optimizers', class_name: 'SGD', config: { momentum: 0.9 }, registered_name: null };
  const expected = { spec: { name: 'sgd', momentum: 0.9 }, rate: undefined };
  expect(optimizerFromTrainingConfig({ optimizer, loss: 'mse' })).toEqual(expected);
  expect(optimizerFromTrainingConfig(optimizer)).toEqual(expected);
  expect(optimizerFromTrainingConfig({ optimizer: 'adam' })).toEqual({ spec: { name: 'adam' }, rate: undefined });
});

test('hands on a schedule in place of the rate, as it stands', () => {
  const config = { initial_learning_rate: 0.1, decay_steps: 100, decay_rate: 0.9, staircase: false };
  const learning_rate = { module: 'keras.optimizers.schedules', class_name: 'ExponentialDecay', config };
  expect(read('SGD', { learning_rate }).rate).toEqual({ name: 'ExponentialDecay', config });
});

describe('refuses', () => {
  const message = (trainingConfig: unknown, where?: string) => {
    try {
      optimizerFromTrainingConfig(trainingConfig, where);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as InputError).message;
    }
    throw new Error('was accepted');
  };
  const config = (className: string, options: object) => ({
    optimizer_config: { class_name: className, config: options },
  });

  test.each([
    ['Nadam', { learning_rate: 0.1, decay: 0.01 }, 'decay 0.01'],
    ['Adam', { learning_rate: 0.1, decay: -0.01 }, 'decay -0.01'],
    ['Nadam', { weight_decay: 0.1 }, 'weightDecay 0.1'],
    ['Nadam', { schedule_decay: 0.01 }, 'scheduleDecay 0.01'],
    ['Adam', { momentum: 0.9 }, 'momentum 0.9'],
    ['ScheduleFreeAdamW', { warmup_steps: 10 }, 'warmupSteps 10'],
    ['ScheduleFreeAdamW', { weight_decay: 0.1 }, 'weightDecay 0.1'],
    ['ScheduleFreeAdamW', { use_ema: true }, 'useEma true'],
    ['SGD', { lr: 0.1, learning_rate: 0.2 }, 'lr 0.1'],
  ])('%s with %j, naming the option', (className, options, named) => {
    expect(message(config(className, options))).toContain(named);
  });

  test('by saying what to pass to go on without', () => {
    expect(message(config('SGD', { momentum: 0.9, weightDecay: 8 }))).toContain('{"name":"sgd","momentum":0.9}');
  });

  test.each(['Ftrl', 'Lamb', 'LossScaleOptimizer', 'Custom>Mine', 'constructor'])(
    'the optimizer %s, listing those there are',
    (name) => {
      const text = message(config(name, {}));
      expect(text).toContain(`optimizer ${name} is not available`);
      expect(text).toContain('adadelta');
    },
  );

  test.each([['0.1'], [-1], [Number.NaN], [[0.1]], [{}]])('%j as a rate', (learning_rate) => {
    expect(message(config('SGD', { learning_rate }))).toContain(
      'learning_rate must be a number at least 0 or a schedule',
    );
  });

  test.each([
    [null],
    [undefined],
    ['adam'],
    [[]],
    [{}],
    [{ optimizer_config: null }],
    [{ optimizer_config: { class_name: 'Adam' } }],
  ])('%j, which has no optimizer in it', (trainingConfig) => {
    expect(message(trainingConfig)).toContain(
      'must have an optimizer_config or optimizer with class_name and config; got neither',
    );
  });

  test('with the name of the place', () => {
    expect(message(null, 'model.json')).toMatch(/^model\.json must have an optimizer_config or optimizer /);
    expect(message(config('Ftrl', {}), 'model.json')).toMatch(/^model\.json: /);
  });
});
