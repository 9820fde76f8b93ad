import { useBackend } from '@lrfind/backends';
import { evaluationSteps, type TrialSpec } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/engine/session.js';
import type { TrialOptions } from '../../src/options.js';
import { type InProcessTrials, inProcessTrials } from '../../src/study/in-process.js';
import { planTrials, resolveComparison } from '../../src/study/plan-trials.js';
import { openSessions } from '../../src/study/sessions.js';
import { suggestRates } from '../../src/study/suggest-rates.js';
import { backend, exact } from '../backend.js';
import { untimedTraining } from '../compare/untimed.js';
import { drawn, heights, points } from '../train/small-trainings.js';

// Before the cases below are made.
await useBackend(backend);

const xs = points(40);
const data = { xs, ys: heights(xs) };

/** All names are fixed, since they are part of what a model is. */
const model = (weights = 2, activation: 'tanh' | 'relu' = 'tanh'): LayersModel =>
  sequential({
    name: 'tried',
    layers: [
      layers.dense({ name: 'a', units: 6, activation, inputShape: [2], kernelInitializer: drawn(1) }),
      layers.batchNormalization({ name: 'b' }),
      layers.dropout({ name: 'c', rate: 0.2 }),
      layers.dense({ name: 'd', units: 1, kernelInitializer: drawn(weights) }),
    ],
  });

const falling = (step: number) => 0.05 / (1 + step);
const trials: readonly TrialOptions[] = [
  { name: 'adam', learningRate: 0.02 },
  { name: 'one cycle', learningRate: 'one-cycle(0.1, steps=16)', optimizer: 'momentum' },
  { name: 'function', learningRate: falling, batchSize: 16 },
];

interface Setup {
  readonly of?: LayersModel;
  readonly rows?: typeof data;
  readonly loss?: string;
  readonly metrics?: readonly string[];
  readonly seed?: number;
  readonly validationSplit?: number;
  readonly tried?: readonly TrialOptions[];
}

/** Opens sessions for trials, uses them, and puts the models back. */
async function withTrials<Result>(
  { of = model(), rows = data, loss = 'mse', metrics, seed = 0, validationSplit, tried = trials }: Setup,
  use: (inProcess: InProcessTrials, sessions: readonly Session[]) => Promise<Result>,
): Promise<Result> {
  const settings = resolveComparison({ trials: tried, validation: undefined }, { epochs: 4, batchSize: 8, seed });
  const entries = tried.map((trial) => ({ model: trial.model ?? of, data: rows }));
  const options = { loss, metrics, seed, validationSplit, initialWeights: 'given' } as const;
  const sessions = await openSessions(entries, options);
  try {
    const planned = planTrials(tried, sessions, { optimizer: 'adam' }, settings);
    const rated = await suggestRates(planned, { seed, completed: [], journal: undefined, signal: undefined });
    return await use(inProcessTrials(rated, 2), sessions);
  } finally {
    for (const session of new Set(sessions)) await session.restore();
  }
}

/** The whole training of a trial. */
const specOf = (trial: InProcessTrials['trials'][number], seed: number): TrialSpec => ({
  ...trial,
  seed,
  length: trial.evaluateAt.at(-1) as number,
  from: null,
});
const parsed = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

describe('trial specs are JSON', () => {
  test('and nothing of them is lost in text', async () => {
    await withTrials({}, async ({ trials: specs }) => {
      expect(specs.map(({ trial }) => trial)).toEqual(['adam', 'one cycle', 'function']);
      for (const trial of specs) expect(parsed(specOf(trial, 1))).toEqual(specOf(trial, 1));
      expect(specs[0]?.evaluateAt).toEqual(evaluationSteps({ epochs: 4 }, 4));
      expect(specs[0]?.recipe.optimizer).toMatchObject({ name: 'adam', beta1: 0.9, epsilon: 1e-7 });
      expect(specs[1]?.recipe.schedule).toMatchObject({ name: 'one-cycle' });
      expect(specs[2]?.recipe.schedule).toEqual({ ref: expect.any(String), hash: expect.any(Number) });
    });
  });

  test('and parsed copies give the same results, in another order too', async () => {
    const runAll = (copy: <Value>(value: Value) => Value, reversed: boolean) =>
      withTrials({}, async ({ trials: specs, executor }) => {
        const jobs = specs.flatMap((trial) => [1, 2].map((seed) => specOf(trial, seed)));
        const outcomes = new Map<string, object>();
        for (const job of reversed ? jobs.toReversed() : jobs) {
          const { training, state } = copy(await executor.run(copy(job), {}));
          outcomes.set(`${job.trial}, ${job.seed}`, { training: untimedTraining(training), state });
        }
        return Object.fromEntries([...outcomes].sort(([a], [b]) => a.localeCompare(b)));
      });
    const plain = await runAll((value) => value, false);
    const copied = await runAll(parsed, true);
    expect(Object.keys(plain)).toHaveLength(6);
    if (exact) expect(copied).toEqual(plain);
    else expect(Object.keys(copied)).toEqual(Object.keys(plain));
  });

  test.each(trials.map(({ name }) => name as string))(
    'and a training of %s that has paused resumes from a parsed state bit for bit',
    async (name) => {
      await withTrials({}, async ({ trials: specs, executor }, sessions) => {
        const whole = specOf(specs.find(({ trial }) => trial === name) as (typeof specs)[0], 5);
        const straight = await executor.run(whole, {});
        expect(straight.state).toBeNull();
        const bits = () => sessions[0]?.model.weights.map((weight) => [...weight.read().dataSync()]);
        const end = bits();
        const [first, ...others] = [
          whole.evaluateAt.slice(0, 1),
          whole.evaluateAt.slice(1, 3),
          whole.evaluateAt.slice(3),
        ];
        let paused = await executor.run(parsed({ ...whole, evaluateAt: first as number[] }), {});
        for (const evaluateAt of others) {
          expect(paused.state).not.toBeNull();
          // Something else is trained meanwhile, with the same step.
          await executor.run(parsed({ ...whole, seed: 6 }), {});
          const { training, seconds, state } = parsed(paused);
          const from = { training, seconds, state: state as NonNullable<typeof state> };
          paused = await executor.run(parsed({ ...whole, evaluateAt, from }), {});
          expect(paused.seconds).toBeGreaterThan(seconds);
        }
        expect(paused.state).toBeNull();
        expect(paused.training.evaluations.map(({ step }) => step)).toEqual(whole.evaluateAt);
        if (exact) {
          expect(untimedTraining(paused.training)).toEqual(untimedTraining(straight.training));
          expect(bits()).toEqual(end);
        }
      });
    },
  );

  test('and an aborted one rejects with the reason', async () => {
    await withTrials({}, async ({ trials: specs, executor }) => {
      const signal = AbortSignal.abort(new Error('enough'));
      const job = specOf(specs[0] as (typeof specs)[0], 1);
      await expect(executor.run(job, { signal })).rejects.toThrow('enough');
    });
  });
});

test('everything is freed at the end of the sessions', async () => {
  const of = model();
  const tensors = tf.memory().numTensors;
  await withTrials({ of }, async ({ trials: specs, executor }) => {
    for (const trial of specs) await executor.run(specOf(trial, 1), {});
  });
  expect(tf.memory().numTensors).toBe(tensors);
});

test('optimizers of which no two are alike take no more memory than sixteen of them, and give the same numbers', async () => {
  const tried = Array.from({ length: 24 }, (_, i): TrialOptions => {
    const optimizer = { name: 'adamw', weightDecay: (i + 1) / 1000 };
    return { name: `decay ${i}`, learningRate: 0.02, optimizer };
  });
  await withTrials({ tried }, async ({ trials: specs, executor }) => {
    const run = (i: number) => executor.run(specOf(specs[i] as (typeof specs)[0], 1), {});
    const first = await run(0);
    for (let i = 1; i < 16; i++) await run(i);
    const tensors = tf.memory().numTensors;
    for (let i = 16; i < 24; i++) await run(i);
    // The first one's step is made again.
    const again = await run(0);
    expect(tf.memory().numTensors).toBe(tensors);
    if (exact) expect(untimedTraining(again.training)).toEqual(untimedTraining(first.training));
  });
});

describe('references', () => {
  const hashes = (setup: Setup = {}) =>
    withTrials(setup, async ({ trials: specs }) =>
      specs.map(({ model: of, data: rows, recipe }) => ({
        model: of.hash,
        data: rows.hash,
        schedule: 'hash' in recipe.schedule ? recipe.schedule.hash : undefined,
      })),
    );

  test('of equal content have equal hashes', async () => {
    const copied = { xs: xs.map((row) => [...row]), ys: [...data.ys] };
    const tensors = { xs: tf.tensor2d(xs), ys: tf.tensor2d(data.ys, [40, 1]) };
    const first = await hashes();
    expect(await hashes()).toEqual(first);
    expect(await hashes({ rows: copied })).toEqual(first);
    expect(await hashes({ rows: tensors as never })).toEqual(first);
    tf.dispose(tensors);
    // All trials of one model have the same references.
    expect(new Set(first.map(({ model: of }) => of)).size).toBe(1);
    expect(new Set(first.map(({ data: rows }) => rows)).size).toBe(1);
  });

  const other = (change: (values: Float32Array) => void): LayersModel => {
    const made = model();
    const values = made.getWeights().map((weight) => {
      const copy = Float32Array.from(weight.dataSync());
      change(copy);
      return tf.tensor(copy, weight.shape);
    });
    made.setWeights(values);
    tf.dispose(values);
    return made;
  };
  const ys = (row: number, value: number) => data.ys.map((y, i) => (i === row ? value : y));

  test.each<[string, Setup, 'model' | 'data']>([
    ['weights', { of: model(3) }, 'model'],
    ['the last bit of a weight', { of: other((values) => values.set([nextAfter(values[0] as number)])) }, 'model'],
    ['the name of a weight', { of: renamed() }, 'model'],
    ['an activation', { of: model(2, 'relu') }, 'model'],
    ['a target', { rows: { xs, ys: ys(39, 7) } }, 'data'],
    ['an input', { rows: { xs: [[0.5, 0.5], ...xs.slice(1)], ys: data.ys } }, 'data'],
    ['the order of rows', { rows: { xs: xs.toReversed(), ys: data.ys.toReversed() } }, 'data'],
    ['one row less', { rows: { xs: xs.slice(1), ys: data.ys.slice(1) } }, 'data'],
    ['the share of validation rows', { validationSplit: 0.3 }, 'data'],
    ['which rows are held out', { seed: 1 }, 'data'],
    ['the loss', { loss: 'mae' }, 'data'],
    ['the metrics', { metrics: ['mse'] }, 'data'],
  ])('change with %s', async (_, setup, part) => {
    const [before] = await hashes();
    const [after] = await hashes(setup);
    expect(after?.[part]).not.toBe(before?.[part]);
    const rest = part === 'model' ? 'data' : 'model';
    expect(after?.[rest]).toBe(before?.[rest]);
  });

  test('to a function change with its rates', async () => {
    const of = (learningRate: (step: number) => number) =>
      hashes({ tried: [{ learningRate }] }).then(([only]) => only?.schedule as number);
    const first = await of(falling);
    expect(first).toBe(await of((step) => 0.05 / (1 + step)));
    expect(first).not.toBe(await of((step) => (step === 15 ? 0.05 : falling(step))));
    expect(await hashes({ tried: [{ learningRate: 0.1 }] })).toMatchObject([{ schedule: undefined }]);
  });

  test('to two models differ, and those to the same rows have equal hashes', async () => {
    const second = model(3);
    const tried = [{ learningRate: 0.1 }, { learningRate: 0.1, model: second }, { name: 'third', learningRate: 0.1 }];
    await withTrials({ tried: tried.map((trial, i) => ({ ...trial, name: `${i}` })) }, async ({ trials: specs }) => {
      const [one, two, three] = specs;
      expect(one?.model).toEqual(three?.model);
      expect(one?.model.ref).not.toBe(two?.model.ref);
      expect(one?.model.hash).not.toBe(two?.model.hash);
      expect(one?.data.hash).toBe(two?.data.hash);
    });
  });

  function renamed(): LayersModel {
    const made = model();
    const weight = made.weights[0] as unknown as { originalName: string };
    weight.originalName = 'another';
    return made;
  }

  function nextAfter(value: number): number {
    const bits = new Int32Array(Float32Array.of(value).buffer);
    bits[0] = (bits[0] as number) + 1;
    return new Float32Array(bits.buffer)[0] as number;
  }
});
