import { readFileSync } from 'node:fs';
import type { Dataset, DatasetColumn } from '@lrfind/data';
import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { resolveClassWeights } from '../../src/losses/class-weights.js';
import { resolveLosses } from '../../src/losses/resolve.js';
import { metricsOf } from '../../src/metrics.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { leafWeights, MODELS, setLeafWeights } from './models.js';

/** A training in Keras; fixtures/layers/golden.py says how it was made. */
export interface GoldenCase {
  readonly name: string;
  readonly loss: string;
  readonly optimizer: { readonly name: string };
  readonly rate: number;
  readonly metrics: readonly string[];
  /** What each row weighs. */
  readonly weights?: readonly number[];
  /** What each class weighs in training. */
  readonly classWeights?: Readonly<Record<string, number>>;
  /** Which layer, besides the input, is frozen for the second half of the steps. */
  readonly freeze?: number;
  readonly inputs: readonly { readonly shape: number[]; readonly values: number[] }[];
  readonly targets: readonly { readonly shape: number[]; readonly values: number[] }[];
  /** Weights, layer by layer. */
  readonly initial: readonly number[][];
  readonly trained: readonly number[][];
  /** Loss and metrics before, at each step and after. Keras's loss has the regularisation in it each time. */
  readonly start: readonly number[];
  readonly steps: readonly number[][];
  readonly evaluated: readonly number[];
}

/** The cases, by what they are about. */
export const golden: Readonly<Record<'constraints' | 'penalties' | 'frozen' | 'masks', readonly GoldenCase[]>> =
  JSON.parse(readFileSync(new URL('../../../../fixtures/layers/golden.json', import.meta.url), 'utf8'));

/** The rows of a case. */
export function datasetOf({ inputs, targets, weights }: GoldenCase): Dataset {
  const column = ({ shape, values }: GoldenCase['inputs'][number]): DatasetColumn => ({
    shape,
    values: Float32Array.from(values),
  });
  const [{ shape, values }] = inputs as [GoldenCase['inputs'][number]];
  const rows = values.length / tf.util.sizeFromShape(shape);
  return {
    rows,
    inputs: inputs.map(column),
    targets: targets.map(column),
    notes: [],
    ...(weights && { weights: Float32Array.from(weights) }),
  };
}

/** What a case gives here. */
export function trainedHere(given: GoldenCase) {
  const model = (MODELS[given.name] as (typeof MODELS)[string])();
  const tensors = tf.memory().numTensors;
  setLeafWeights(model, given.initial);
  const data = datasetOf(given);
  const { functions, logits, kinds } = resolveLosses(given.loss, model, data);
  const metrics = metricsOf(given.metrics, kinds, model);
  const rows = Int32Array.from({ length: data.rows }, (_, row) => row);
  const units = data.targets.map(({ shape }) => shape.at(-1) ?? 1);
  const split = { dataset: data, train: rows, validation: null };
  const dataset = uploadDataset(data, resolveClassWeights(given.classWeights, split as never, units)?.perRow);
  const stepOf = () =>
    trainingStep({
      model,
      dataset,
      losses: functions,
      logits,
      metrics,
      rule: resolveOptimizer(given.optimizer).rule,
      rescaleVelocity: false,
      calls: given.steps.length,
    });
  let step = stepOf();
  const numbers = (measured: tf.Tensor) => {
    const values = [...measured.dataSync()];
    measured.dispose();
    return values;
  };
  const start = numbers(step.evaluate(rows));
  const steps = given.steps.map((_, n) => {
    if (n === given.steps.length / 2 && given.freeze !== undefined) {
      const layer = model.layers[given.freeze + 1] as layers.Layer;
      layer.trainable = false;
      step.dispose();
      step = stepOf();
    }
    return numbers(step.train(rows, given.rate));
  });
  const evaluated = numbers(step.evaluate(rows));
  const { notes } = step;
  step.dispose();
  dataset.dispose();
  const left = tf.memory().numTensors - tensors;
  const trained = leafWeights(model).map((weight) => [...weight.dataSync()]);
  model.dispose();
  return { start, steps, evaluated, trained, notes, left };
}

/** Numbers agree to float32's rounding after some steps: relative to the largest of the list. */
export function expectNear(actual: readonly number[], expected: readonly number[], tolerance = 2e-5): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const errors = actual.map((value, i) => Math.abs(value - (expected[i] as number)) / scale);
  if (!(Math.max(0, ...errors) <= tolerance)) expect(actual).toEqual(expected);
}
