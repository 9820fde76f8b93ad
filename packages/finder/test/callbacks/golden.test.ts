import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import type { Callback } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test, vi } from 'vitest';
import { earlyStopping } from '../../src/callbacks/early-stopping.js';
import { reduceLROnPlateau } from '../../src/callbacks/reduce-lr-on-plateau.js';
import { learningRateOf } from '../../src/optimizers/learning-rate.js';

type Options = Record<string, number | string | boolean>;

/** What the real callbacks did; fixtures/callbacks/golden.py says how. */
interface Golden {
  metrics: Record<string, (number | string | null)[]>;
  plateau: { options: Options; metric: string; rates: number[] }[];
  torchPlateau: Golden['plateau'];
  stopping: { options: Options; metric: string; epochs: number; weight: number }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/callbacks/golden.json', import.meta.url), 'utf8'),
);

beforeAll(async () => {
  await useBackend('wasm');
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

/** As much of a model as the callbacks touch. */
function standIn() {
  const weight = tf.variable(tf.scalar(0));
  return { optimizer: tf.train.adam(0.1), stopTraining: false, weights: [{ read: () => weight }], weight };
}

/** Runs a callback as a fit does; `after` is called for each epoch that ran. Its own state goes through JSON after every epoch. */
async function run<Saved>(
  callback: Callback & { state(): Saved; restore(state: Saved): void },
  model: ReturnType<typeof standIn>,
  metric: string,
  after: () => void,
  interrupted: boolean,
): Promise<void> {
  callback.setModel(model as never);
  await callback.onTrainBegin();
  for (const [epoch, value] of (golden.metrics[metric] ?? []).entries()) {
    tf.tidy(() => model.weight.assign(tf.scalar(epoch)));
    await callback.onEpochEnd(epoch, value === null ? {} : { val_loss: Number(value) });
    after();
    if (model.stopTraining) break;
    if (!interrupted) continue;
    callback.restore(JSON.parse(JSON.stringify(callback.state())));
    await callback.onTrainBegin();
  }
  await callback.onTrainEnd();
}

const ours = (options: Options): Options =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replace(/_(.)/g, (_, next: string) => next.toUpperCase()),
      value,
    ]),
  );

const plateaus = [
  ...golden.plateau.map((row) => ({ ...row, rules: 'keras' as const })),
  ...golden.torchPlateau.map((row) => ({ ...row, rules: 'pytorch' as const })),
].flatMap((row) => [false, true].map((interrupted) => ({ ...row, interrupted })));

test.each(plateaus)(
  'reduceLROnPlateau with the rules of $rules and $options has its rates on "$metric" (interrupted: $interrupted)',
  async ({ rules, options, metric, rates, interrupted }) => {
    // PyTorch's mode has no "auto".
    const callback = reduceLROnPlateau({ ...ours(options), rules });
    const model = standIn();
    const found: number[] = [];
    await run(callback, model, metric, () => found.push(learningRateOf(model.optimizer)), interrupted);
    expect(found).toHaveLength(rates.length);
    // Keras keeps its rate in single precision, and rounds it at each reduction.
    for (const [epoch, rate] of rates.entries()) expect((found[epoch] as number) / rate).toBeCloseTo(1, 6);
  },
);

test.each(golden.stopping.flatMap((row) => [false, true].map((interrupted) => ({ ...row, interrupted }))))(
  'earlyStopping with $options ends where Keras’s does on "$metric", with its weights (interrupted: $interrupted)',
  async ({ options, metric, epochs, weight, interrupted }) => {
    const model = standIn();
    const before = tf.memory().numTensors;
    let ran = 0;
    await run(earlyStopping(ours(options)), model, metric, () => ran++, interrupted);
    expect(ran).toBe(epochs);
    expect(model.weight.dataSync()[0]).toBe(weight);
    expect(tf.memory().numTensors).toBe(before);
  },
);
