import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { evaluateRows } from '../../src/engine/evaluate.js';
import { meanMeasures } from '../../src/engine/mean-measures.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { metricsOf } from '../../src/metrics.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** Predictions for which Keras or scikit-learn gave values; fixtures/metrics/golden.py says how. */
interface GoldenCase {
  readonly name: string;
  readonly loss: string;
  readonly units: number;
  readonly targets: readonly number[];
  readonly predictions: readonly number[];
  readonly expected: Readonly<Record<string, number>>;
}

const golden: readonly GoldenCase[] = JSON.parse(
  readFileSync(new URL('../../../../fixtures/metrics/golden.json', import.meta.url), 'utf8'),
);

/** A model that gives its input back, as it has a factor of 1 that can be trained. */
const same = (units: number): LayersModel =>
  sequential({
    layers: [
      layers.inputLayer({ inputShape: [units] }),
      layers.dense({ units, useBias: false, kernelInitializer: 'identity' }),
    ],
  });

/** What a compiled step measures of a case, in parts of these numbers of rows, and the tensors that it leaves. */
async function measuredHere({ loss, units, targets, predictions, expected }: GoldenCase, parts?: number[]) {
  const model = same(units);
  const tensors = tf.memory().numTensors;
  const rows = predictions.length / units;
  const kind = lossNamed(loss);
  const metrics = metricsOf(Object.keys(expected), [kind], model);
  const dataset = uploadDataset({
    rows,
    inputs: [{ shape: [units], values: Float32Array.from(predictions) }],
    targets: [{ shape: [targets.length / rows], values: Float32Array.from(targets) }],
    notes: [],
  });
  const rule = resolveOptimizer('sgd').rule;
  const losses = [lossFunction(kind)];
  const step = trainingStep({ model, dataset, losses, metrics, rule, rescaleVelocity: false, calls: 10 });
  const indices = Int32Array.from({ length: rows }, (_, row) => row);
  const values = meanMeasures(metrics);
  const trained = meanMeasures(metrics);
  let from = 0;
  for (const size of parts ?? []) {
    const part = indices.subarray(from, from + size);
    from += size;
    for (const [measured, into] of [
      [step.evaluate(part), values],
      [step.train(part, 0), trained],
    ] as const) {
      into.add(measured.dataSync() as Float32Array, part.length);
      measured.dispose();
    }
  }
  const whole = await evaluateRows(step, indices, metrics);
  const { notes } = step;
  step.dispose();
  dataset.dispose();
  const left = tf.memory().numTensors - tensors;
  model.dispose();
  return { whole: whole.metrics, inParts: values.take().metrics, trained: trained.take().metrics, notes, left };
}

describe('a compiled step measures what Keras and scikit-learn do', () => {
  test.each(golden.map((given) => [given.name, given.loss, given] as const))('%s, %s', async (_, __, given) => {
    const rows = given.predictions.length / given.units;
    const { whole, inParts, trained, notes, left } = await measuredHere(given, [1, 100, 7, rows - 108]);
    expect(notes).toEqual([]);
    expect(left).toBe(0);
    for (const [name, value] of Object.entries(given.expected)) {
      expect(whole[name], name).toBeCloseTo(value, 5);
      expect(trained[name], name).toBeCloseTo(value, 5);
      const scale = Math.max(1, Math.abs(value));
      // The batches have different numbers of rows, and one has a single row.
      expect((inParts[name] as number) / scale, name).toBeCloseTo((whole[name] as number) / scale, 6);
    }
    expect(Object.keys(whole)).toEqual(Object.keys(given.expected));
  });

  test('and not the mean over the batches', async () => {
    const given = golden.find(({ name }) => name === 'yes or no') as GoldenCase;
    const first = { ...given, targets: given.targets.slice(0, 20), predictions: given.predictions.slice(0, 20) };
    const second = { ...given, targets: given.targets.slice(20), predictions: given.predictions.slice(20) };
    const halves = await Promise.all([measuredHere(first), measuredHere(second)]);
    for (const name of ['auc', 'precision', 'f1Score']) {
      const [a = 0, b = 0] = halves.map(({ whole }) => whole[name] as number);
      expect(Math.abs((20 * a + 210 * b) / 230 - (given.expected[name] as number)), name).toBeGreaterThan(1e-4);
    }
  });
});
