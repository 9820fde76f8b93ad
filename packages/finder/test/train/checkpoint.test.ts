import { useBackend } from '@lrfind/backends';
import type { TrainingResult } from '@lrfind/core/results';
import { type CheckpointHeader, checkTrainingCheckpoint } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { learningRateMonitor } from '../../src/callbacks/learning-rate-monitor.js';
import { learningRateScheduler } from '../../src/callbacks/learning-rate-scheduler.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { terminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { warmUp } from '../../src/callbacks/warm-up.js';
import type { FitCallback } from '../../src/engine/callback-hooks.js';
import type { Checkpoint } from '../../src/engine/checkpoint.js';
import { weightVariables } from '../../src/model/weights.js';
import { optimizers } from '../../src/optimizers/registry.js';
import { setMomentum } from '../../src/optimizers/set-momentum.js';
import type { TrainOptions } from '../../src/options.js';
import { train } from '../../src/train.js';
import { checksum } from '../checksum.js';
import { drawn, heights, points } from './small-trainings.js';

beforeAll(() => useBackend('wasm'));

const xs = points(30);
const data = { xs, ys: heights(xs) };
const bits = (model: LayersModel) => checksum(weightVariables(model));

/** Dropout, which depends on the step, and batch normalisation, whose statistics no gradient moves. */
function make(): LayersModel {
  return sequential({
    name: 'resumed',
    layers: [
      layers.dense({ units: 5, activation: 'tanh', inputShape: [2], kernelInitializer: drawn(1), name: 'first' }),
      layers.batchNormalization({ name: 'norm' }),
      layers.dropout({ rate: 0.3, name: 'drop' }),
      layers.dense({ units: 1, kernelInitializer: drawn(2), name: 'last' }),
    ],
  });
}

interface Stored {
  readonly checkpoint: Checkpoint;
  /** Every state that was stored, as JSON text, and the bits of the model then. */
  readonly states: { readonly text: string; readonly model: number; readonly best: boolean }[];
  header: CheckpointHeader | undefined;
}

/** A checkpoint in memory that goes through JSON, as a file does. */
function stored(from?: string): Stored {
  const own: Stored = {
    header: undefined,
    states: [],
    checkpoint: {
      async open(header) {
        own.header = header;
        return from === undefined ? null : checkTrainingCheckpoint(JSON.parse(from), 'state');
      },
      async save(state, { model, best }) {
        own.states.push({ text: JSON.stringify(state), model: bits(model), best });
      },
    },
  };
  return own;
}

const untimed = (result: TrainingResult) =>
  JSON.parse(JSON.stringify(result, (key, value) => (key === 'seconds' || key === 'environment' ? 0 : value)));

type Options = Omit<TrainOptions, 'callbacks' | 'checkpoint'>;

/**
 * Trains once as a whole without a checkpoint, once with one, and then from each state that was stored; all must give the same
 * weights and the same result.
 */
async function resumesExactly(options: Options, callbacks: () => FitCallback[] = () => []): Promise<Stored> {
  const [whole, kept] = [make(), make()];
  const expected = await train(whole, data, { ...options, callbacks: callbacks() });
  const first = stored();
  const tensors = tf.memory().numTensors;
  const result = await train(kept, data, { ...options, callbacks: callbacks(), checkpoint: first.checkpoint });
  expect(tf.memory().numTensors).toBe(tensors);
  expect([bits(kept), untimed(result)]).toEqual([bits(whole), untimed(expected)]);
  expect(first.states).toHaveLength(expected.training.evaluations.length);
  for (const [i, { text }] of first.states.entries()) {
    const model = make();
    const later = stored(text);
    const seen: number[] = [];
    const resumed = await train(model, data, {
      ...options,
      callbacks: callbacks(),
      checkpoint: later.checkpoint,
      onEpoch: ({ epoch }) => seen.push(epoch),
    });
    expect([i, bits(model), untimed(resumed)]).toEqual([i, bits(whole), untimed(expected)]);
    expect(later.header).toEqual(first.header);
    expect(seen).toEqual(expected.training.evaluations.map(({ epoch }) => epoch));
    // What is stored from there on is the same too, but for the times.
    const all = [...first.states.slice(0, i + 1), ...later.states];
    expect(all.map(({ model: at, best }) => [at, best])).toEqual(first.states.map((at) => [at.model, at.best]));
    model.dispose();
  }
  whole.dispose();
  kept.dispose();
  return first;
}

const options: Options = { learningRate: 0.05, optimizer: 'adam', epochs: 4, batchSize: 7, seed: 3 };

describe('a training that is resumed after any epoch ends with the bits of a whole one', () => {
  test.each(optimizers.map(({ name }) => name))('with %s', async (optimizer) => {
    await resumesExactly({ ...options, optimizer, learningRate: 'cosine(0.02, steps=15)' });
  });

  test.each<[string, TrainOptions['optimizer']]>([
    ['batches that are accumulated over the end of an epoch', { name: 'adam', gradientAccumulationSteps: 3 }],
    ['a moving average of the weights', { name: 'sgd', useEma: true, emaMomentum: 0.8 }],
    ['an average that overwrites the weights', { name: 'adam', useEma: true, emaOverwriteFrequency: 3 }],
    ['losses that are accumulated over the end of an epoch', { name: 'momo-adam', gradientAccumulationSteps: 3 }],
    ['an average of its own and accumulation', { name: 'schedule-free-adamw', gradientAccumulationSteps: 3 }],
    ['an estimate from clipped gradients', { name: 'prodigy', globalClipnorm: 0.5, estimLr0: 0.01 }],
    ['patterns of weights', { name: 'muon', excludeLayers: ['dense'] }],
  ])('with %s', async (_, optimizer) => {
    await resumesExactly({ ...options, optimizer });
  });

  test('with a schedule that moves the momentum too', async () => {
    await resumesExactly({
      ...options,
      optimizer: { name: 'sgd', momentum: 0.9 },
      learningRate: 'one-cycle(0.05, steps=16)',
    });
  });

  test('with a rate that a search found, which is not repeated', async () => {
    const first = await resumesExactly({ ...options, learningRate: 'find', epochs: 2 });
    const { text } = first.states[0] as Stored['states'][0];
    // Another suggestion shows that it is the stored one that counts.
    const other = JSON.parse(text) as { suggestion: { learningRate: number } };
    other.suggestion.learningRate = 0.0123;
    const again = stored(JSON.stringify(other));
    const { recipe } = await train(make(), data, {
      ...options,
      learningRate: 'find',
      epochs: 2,
      checkpoint: again.checkpoint,
    });
    expect([recipe.learningRate, recipe.suggestion?.learningRate]).toEqual(['0.0123', 0.0123]);
  });

  test('without validation rows, in order, with test rows and weights that are drawn', async () => {
    await resumesExactly({ ...options, test: data, validationSplit: 0, shuffle: 'off', initialWeights: 'drawn' });
  });

  test.each<[string, () => FitCallback[], Partial<Options>?]>([
    ['early stopping', () => [earlyStopping({ patience: 1, restoreBestWeights: true })], { epochs: 12 }],
    [
      'early stopping that never stops',
      () => [earlyStopping({ monitor: 'loss', patience: 50, restoreBestWeights: true })],
    ],
    ['reductions on a plateau', () => [reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 0.5 })], { epochs: 6 }],
    ['a warm-up that is longer than an epoch', () => [warmUp(9)]],
    ['a scheduler of steps', () => [learningRateScheduler('cosine(0.05, steps=14)', { by: 'step' })]],
    ['a scheduler of epochs that builds on the rate', () => [learningRateScheduler((_, rate) => rate * 0.7)]],
    ['a check for NaN', () => [terminateOnNaN({ every: 3, restoreWeights: true })]],
    [
      'several, and one of the caller without a state',
      () => [
        warmUp(3),
        reduceLROnPlateau({ monitor: 'loss', patience: 0, factor: 0.5, minDelta: 10 }),
        learningRateMonitor({ by: 'step' }),
        { onEpochEnd: async () => {} },
      ],
      { epochs: 5 },
    ],
  ])('with %s', async (_, callbacks, more) => {
    await resumesExactly({ ...options, ...more }, callbacks);
  });

  test('with a momentum and a rate that a callback of the caller has set', async () => {
    const callback = () => {
      let optimizer: tf.Optimizer;
      return {
        setModel(model: LayersModel) {
          optimizer = model.optimizer;
        },
        onEpochBegin: async (epoch: number) => {
          if (epoch === 1) setMomentum(optimizer, 0.5);
        },
      } as FitCallback;
    };
    await resumesExactly({ ...options, optimizer: { name: 'sgd', momentum: 0.9 } }, () => [callback()]);
  });

  test('with a callback of the caller that ends an epoch early and keeps a state', async () => {
    const callback = () => {
      let model: LayersModel;
      let batches = 0;
      return {
        setModel(given: LayersModel) {
          model = given;
        },
        onBatchEnd: async () => {
          batches += 1;
          if (batches === 6) model.stopTraining = true;
        },
        state: () => batches,
        restore(state: number) {
          batches = state;
        },
      } as FitCallback;
    };
    const { states } = await resumesExactly(options, () => [callback()]);
    expect(JSON.parse(states.at(-1)?.text ?? '').training).toMatchObject({ outcome: 'stopped' });
  });

  test('and one that diverges diverges again, at the same step', async () => {
    const wild = { ...options, optimizer: 'sgd', learningRate: (step: number) => (step < 8 ? 0.01 : 1e30) };
    const { states } = await resumesExactly(wild, () => [terminateOnNaN({ restoreWeights: true })]);
    expect(states.length).toBeGreaterThanOrEqual(1);
  });
});

describe('a checkpoint', () => {
  const after = async (epochs: number, more: Partial<TrainOptions> = {}) => {
    const own = stored();
    await train(make(), data, { ...options, ...more, epochs, checkpoint: own.checkpoint });
    return own;
  };

  test('of a finished training is resumed to a longer one, with the bits of one that was as long at once', async () => {
    const { states } = await after(2);
    const [model, whole] = [make(), make()];
    const { checkpoint } = stored(states.at(-1)?.text);
    const resumed = await train(model, data, { ...options, epochs: 5, checkpoint });
    const expected = await train(whole, data, { ...options, epochs: 5 });
    expect([bits(model), untimed(resumed)]).toEqual([bits(whole), untimed(expected)]);
  });

  test('is not resumed to fewer epochs than it has', async () => {
    const { states } = await after(3);
    const { checkpoint } = stored(states.at(-1)?.text);
    const model = make();
    const before = bits(model);
    await expect(train(model, data, { ...options, epochs: 2, checkpoint })).rejects.toThrow(
      'epochs must be at least 3, which the training to resume has done; got 2',
    );
    expect(bits(model)).toBe(before);
  });

  test('marks the epochs of the lowest loss on the validation rows, else on the training rows', async () => {
    for (const validationSplit of [0.2, 0]) {
      const { states } = await after(8, { validationSplit, learningRate: 0.3 });
      const { evaluations } = JSON.parse(states.at(-1)?.text ?? '').training as TrainingResult['training'];
      let lowest = Number.POSITIVE_INFINITY;
      const best = evaluations.map(({ training, validation }) => {
        const loss = (validationSplit ? validation?.loss : training.loss) as number;
        const isBest = loss < lowest;
        if (isBest) lowest = loss;
        return isBest;
      });
      expect(states.map((each) => each.best)).toEqual(best);
      expect(new Set(best).size).toBe(2);
    }
  });

  test('gets the model with the weights that it is evaluated with, and the training goes on with its own', async () => {
    const optimizer = { name: 'sgd', useEma: true, emaMomentum: 0.9 };
    const { states } = await after(3, { optimizer });
    for (const [i, { model }] of states.entries()) {
      const shorter = make();
      await train(shorter, data, { ...options, optimizer, epochs: i + 1 });
      expect(model).toBe(bits(shorter));
    }
  });

  test('that cannot be written ends the training, and the model is as it was', async () => {
    const model = make();
    const before = bits(model);
    const tensors = tf.memory().numTensors;
    const full: Checkpoint = { open: async () => null, save: () => Promise.reject(new Error('the disk is full')) };
    const callbacks = [earlyStopping({ restoreBestWeights: true })];
    await expect(train(model, data, { ...options, callbacks, checkpoint: full })).rejects.toThrow('the disk is full');
    expect([bits(model), tf.memory().numTensors]).toEqual([before, tensors]);
  });

  test('has a header that tells trainings apart, but not by length or by what is printed', async () => {
    const headerOf = async (more: Partial<TrainOptions> = {}, of = make(), rows = data) => {
      const own = stored();
      await train(of, rows, { ...options, epochs: 1, ...more, checkpoint: own.checkpoint });
      return JSON.stringify(own.header);
    };
    const usual = await headerOf();
    expect(await headerOf({ epochs: 2 })).toBe(usual);
    const moved = make();
    moved.setWeights(moved.getWeights().map((weight) => tf.add(weight, 1)));
    const [first] = xs as number[][];
    const turned = xs.map((row, i) => (i === 3 ? (first as number[]) : row));
    const others = await Promise.all([
      headerOf({ batchSize: 8 }),
      headerOf({ seed: 4 }),
      headerOf({ learningRate: 0.04 }),
      headerOf({ learningRate: () => 0.04 }),
      headerOf({ optimizer: { name: 'adam', beta1: 0.8 } }),
      headerOf({ loss: 'meanAbsoluteError' }),
      headerOf({ lossWeights: [0.5] }),
      headerOf({ metrics: ['mse'] }),
      headerOf({ split: 'last' }),
      headerOf({ test: data }),
      headerOf({ callbacks: earlyStopping({ patience: 3 }) }),
      headerOf({ callbacks: earlyStopping({ patience: 4 }) }),
      headerOf({ callbacks: warmUp(3) }),
      headerOf({ callbacks: {} }),
      headerOf({}, moved),
      headerOf({}, make(), { ...data, xs: turned }),
    ]);
    expect(new Set([usual, ...others]).size).toBe(others.length + 1);
    expect(await headerOf({ callbacks: earlyStopping({ patience: 3, verbose: true }) })).toBe(others[10]);
  });

  test.each<[string, (state: Record<string, never>) => unknown, RegExp]>([
    ['without losses', ({ losses: _, ...state }) => state, /^state: \/ must have losses/],
    ['with a loss too few', (state) => ({ ...state, losses: [1] }), /^state: \/losses must be of 8 steps, .*; got 1$/],
    [
      'with half a number',
      (state) => ({ ...state, state: { ...(state.state as never as object), values: ['AAA='] } }),
      /^state: \/state\/values\/0 must be whole float32 numbers; got 2 bytes/,
    ],
    [
      'with fewer weights',
      (state) => ({ ...state, state: { ...(state.state as never as object), values: ['AAAAAA=='] } }),
      /the saved training of model "resumed" must have \d+ arrays/,
    ],
    [
      'of another seed',
      (state) => ({ ...state, training: { ...(state.training as never as object), seed: 9 } }),
      /the training of the checkpoint must have an evaluation for each epoch; it is damaged/,
    ],
  ])('%s is refused, and the model is as it was', async (_, change, message) => {
    const { states } = await after(2);
    const { checkpoint } = stored(JSON.stringify(change(JSON.parse(states.at(-1)?.text ?? ''))));
    const model = make();
    const before = bits(model);
    await expect(train(model, data, { ...options, epochs: 3, checkpoint })).rejects.toThrow(message);
    expect(bits(model)).toBe(before);
  });
});
