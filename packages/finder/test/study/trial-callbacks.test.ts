import { useBackend } from '@lrfind/backends';
import type { PausedTrial, TrialOutcome, TrialSpec } from '@lrfind/core/study';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrialOptions } from '../../src/options.js';
import { type InProcessTrials, inProcessTrials } from '../../src/study/in-process.js';
import { planTrials, resolveComparison } from '../../src/study/plan-trials.js';
import { openSessions } from '../../src/study/sessions.js';
import { suggestRates } from '../../src/study/suggest-rates.js';
import { untimedTraining } from '../compare/untimed.js';
import { heights, noisy, points } from '../train/small-trainings.js';

beforeAll(() => useBackend('wasm'));

const xs = points(40);
const data = { xs, ys: heights(xs) };
const model = (): LayersModel => noisy(0.2);

interface Case extends TrialOptions {
  readonly name: string;
  readonly length: { readonly epochs: number } | { readonly steps: number };
}

const plateau = 'reduce-lr-on-plateau(patience=2, factor=0.5, minDelta=0.05, cooldown=1)';
const impatient = plateau.replace('patience=2', 'patience=1');
const stopping = 'early-stopping(patience=2, minDelta=0.02, restoreBestWeights=true)';
const patient = stopping.replace('patience=2', 'patience=4');
const cases: readonly Case[] = [
  { name: 'plateau', learningRate: 0.1, callbacks: plateau, length: { epochs: 12 } },
  { name: 'stopping', learningRate: 0.3, callbacks: stopping, length: { epochs: 12 } },
  { name: 'stopping in a schedule', learningRate: 'cosine(0.3)', callbacks: stopping, length: { epochs: 12 } },
  { name: 'both', learningRate: 0.3, callbacks: [impatient, patient], length: { epochs: 12 } },
  {
    name: 'averaged',
    learningRate: 0.3,
    callbacks: [impatient, patient],
    optimizer: { name: 'adam', useEma: true, emaMomentum: 0.8 },
    length: { epochs: 12 },
  },
  // 13 steps are evaluated after each; four make an epoch.
  { name: 'warm-up', learningRate: 0.1, callbacks: { name: 'warmUp', steps: 7 }, length: { steps: 13 } },
];

/** Plans one trial, opens its session, uses it, and puts the model back. */
async function withTrial<Result>(
  { length, ...trial }: Case,
  use: (inProcess: InProcessTrials, whole: TrialSpec, of: LayersModel) => Promise<Result>,
): Promise<Result> {
  const settings = resolveComparison({ trials: [trial], validation: undefined }, { batchSize: 8, ...length });
  const of = model();
  const sessions = await openSessions([{ model: of, data }], { loss: 'mse', seed: 0, initialWeights: 'given' });
  try {
    const planned = planTrials([trial], sessions, { optimizer: 'adam' }, settings);
    const rated = await suggestRates(planned, { seed: 0, completed: [], journal: undefined, signal: undefined });
    const inProcess = inProcessTrials(rated, 2);
    const [spec] = inProcess.trials as [InProcessTrials['trials'][0]];
    const whole = { ...spec, seed: 5, length: spec.evaluateAt.at(-1) as number, from: null };
    return await use(inProcess, whole, of);
  } finally {
    for (const session of sessions) await session.restore();
    of.dispose();
  }
}

const parsed = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const bits = (of: LayersModel) => of.weights.map((weight) => [...weight.read().dataSync()]);

/** What the executor needs of a paused training, as it passes through a journal. */
function pausedOf({ training, seconds, state, callbacks }: TrialOutcome): PausedTrial {
  return parsed({ training, seconds, state, ...(callbacks && { callbacks }) }) as PausedTrial;
}

describe.each(cases)('a trial with callbacks: $name', (trial) => {
  test('is JSON, and its callbacks act', async () => {
    await withTrial(trial, async ({ executor }, whole) => {
      expect(parsed(whole)).toEqual(whole);
      expect(whole.recipe.callbacks?.every(({ name }) => typeof name === 'string')).toBe(true);
      const { training, state, callbacks } = await executor.run(parsed(whole), {});
      expect([state, callbacks]).toEqual([null, undefined]);
      const rates = new Set(training.rates?.map(({ rate }) => rate));
      if (trial.name.startsWith('stopping')) expect(training.outcome).toBe('stopped');
      else expect(rates.size).toBeGreaterThan(1);
    });
  });

  test.each([1, 2, 3])('has the same bits when it pauses after every %i evaluations', async (every) => {
    await withTrial(trial, async ({ executor }, whole, of) => {
      const straight = await executor.run(whole, {});
      const end = bits(of);
      let paused: TrialOutcome | undefined;
      for (let at = 0; at < whole.evaluateAt.length && paused?.training.outcome !== 'stopped'; at += every) {
        const from = paused ? pausedOf(paused) : null;
        const evaluateAt = whole.evaluateAt.slice(at, at + every);
        paused = await executor.run(parsed({ ...whole, evaluateAt, from }), {});
        // Something else is trained meanwhile, with the same step.
        if (paused.state) await executor.run(parsed({ ...whole, seed: 6 }), {});
      }
      expect([paused?.state, paused?.callbacks]).toEqual([null, undefined]);
      const [divided, undivided] = [paused?.training, straight.training].map((each) => untimedTraining(each as never));
      expect(divided).toEqual(undivided);
      expect(bits(of)).toEqual(end);
    });
  });

  test('that pauses has the number of the weights that it would end with there', async () => {
    await withTrial(trial, async ({ executor }, whole) => {
      const { training } = await executor.run(whole, {});
      const until = training.evaluations.length - 1;
      const { training: part } = await executor.run({ ...whole, evaluateAt: whole.evaluateAt.slice(0, until) }, {});
      const restores = JSON.stringify(trial.callbacks).includes('restoreBestWeights');
      // An improvement is one by 0.02.
      const best = part.evaluations.reduce((least, each) =>
        (each.validation?.loss as number) + 0.02 < (least.validation?.loss as number) ? each : least,
      );
      if (!restores || best === part.evaluations.at(-1)) expect(part.restored).toBeNull();
      // The average of the weights is not what the callback keeps.
      else if (trial.name !== 'averaged')
        expect(part.restored).toEqual({ step: best.step, epoch: best.epoch, validation: best.validation });
    });
  });

  test('leaves no tensor behind, nor a model that is told to stop', async () => {
    await withTrial(trial, async ({ executor }, whole, of) => {
      await executor.run(whole, {});
      const before = tf.memory().numTensors;
      const half = await executor.run({ ...whole, evaluateAt: whole.evaluateAt.slice(0, 3) }, {});
      const rest = { ...whole, evaluateAt: whole.evaluateAt.slice(3), from: pausedOf(half) };
      await executor.run(rest, {});
      await expect(executor.run(rest, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
      expect(tf.memory().numTensors).toBe(before);
      expect(of.stopTraining).toBeFalsy();
    });
  });
});
