import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { Callback, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { weightVariables } from '../../src/model/weights.js';
import { optimizer } from '../../src/optimizers/optimizer.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** Ten steps of Keras; fixtures/optimizers/golden.py says how they were made. */
interface Golden {
  initial: number[];
  targets: number[];
  factors: number[][];
  cases: { name: string; options: Record<string, number | boolean>; rates: number[]; steps: number[][] }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/optimizers/golden.json', import.meta.url), 'utf8'),
);

/** As in golden.test.ts, also for Schedule-Free; TensorFlow's own power differs in one place more. */
const TOLERANCE = backend === 'wasm' ? 3e-7 : 2e-6;

/**
 * A model whose gradient is that of the golden problem, factor · (weight − target) for each element: a batch of unit vectors
 * picks one weight each, and the loss takes the factors of the step.
 */
function goldenModel(made: tf.Optimizer) {
  const size = golden.initial.length;
  const model = sequential({ layers: [layers.dense({ units: 1, useBias: false, inputShape: [size] })] });
  model.setWeights([tf.tensor(golden.initial, [size, 1])]);
  const loss = (y: tf.Tensor, p: tf.Tensor) => {
    const factor = tf.tensor(golden.factors[made.iterations] as number[], [size, 1]);
    return tf.mul(tf.sum(tf.mul(factor, tf.square(tf.sub(p, y)))), 0.5);
  };
  model.compile({ optimizer: made, loss });
  const steps = golden.factors.length;
  const xs = tf.tile(tf.eye(size), [steps, 1]);
  const ys = tf.tile(tf.tensor(golden.targets, [size, 1]), [steps, 1]);
  return { model, xs, ys, batchSize: size };
}

/** This model has all elements in one weight, so a limit to the norm of each weight is another one. */
const cases = golden.cases.filter(({ options }) => !('clipnorm' in options));

test.each(cases)(
  'model.fit with $name and $options at rates $rates.0 to $rates.9 gives Keras’s weights after each of ten steps',
  async ({ name, options, rates, steps }) => {
    const schedule = (step: number) => rates[step] as number;
    const { model, xs, ys, batchSize } = goldenModel(
      optimizer(name, { learningRate: schedule, ...camelCased(options) }),
    );
    const errors: number[] = [];
    class Compare extends Callback {
      override async onBatchEnd(batch: number) {
        const weights = weightVariables(model)[0]?.dataSync() ?? [];
        steps[batch]?.forEach((expected, i) => {
          errors.push(Math.abs((weights[i] as number) / Math.fround(expected) - 1));
        });
      }
    }
    await model.fit(xs, ys, { batchSize, shuffle: false, verbose: 0, callbacks: [new Compare()] });
    expect(errors).toHaveLength(golden.initial.length * rates.length);
    expect(Math.max(...errors)).toBeLessThan(name === 'schedule-free-adamw' ? 15 * TOLERANCE : TOLERANCE);
  },
);

function camelCased(options: Record<string, unknown>): Record<string, unknown> {
  const camel = (key: string) => key.replace(/_(.)/g, (_, next: string) => next.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
}
