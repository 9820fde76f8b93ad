import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { constraints, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { uploadDataset } from '../../src/engine/device-dataset.js';
import { trainingStep } from '../../src/engine/training-step.js';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { resolveGroups } from '../../src/model/rate-groups.js';
import { weightVariables } from '../../src/model/weights.js';
import { optimizer as makeOptimizer } from '../../src/optimizers/optimizer.js';
import { resolveOptimizer } from '../../src/optimizers/registry.js';
import { backend, exact } from '../backend.js';

beforeAll(() => useBackend(backend));

interface Column {
  readonly shape: number[];
  readonly values: number[];
}

/** Trainings with two of Keras's optimizers; fixtures/groups/golden.py says how they were made. */
interface Golden {
  readonly multiplier: number;
  readonly xs: Column;
  readonly ys: Column;
  readonly cases: readonly {
    readonly name: string;
    readonly options: Readonly<Record<string, number | boolean>>;
    readonly rates: number[];
    readonly initial: number[][];
    readonly losses: number[];
    /** After each step. */
    readonly weights: number[][][];
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/groups/golden.json', import.meta.url), 'utf8'),
);
const ROWS = golden.ys.values.length;

function network(initial: readonly number[][]) {
  const base = sequential({
    name: 'base',
    layers: [
      layers.dense({ units: 4, activation: 'tanh', inputShape: [3], name: 'hidden' }),
      layers.dense({ units: 3, activation: 'tanh', name: 'features' }),
    ],
  });
  const kernelConstraint = constraints.maxNorm({ maxValue: 0.6, axis: 0 });
  const model = sequential({
    layers: [layers.inputLayer({ inputShape: [3] }), base, layers.dense({ units: 1, name: 'head', kernelConstraint })],
  });
  for (const [i, weight] of weightVariables(model).entries())
    tf.tidy(() => weight.assign(tf.tensor(initial[i] as number[], weight.shape)));
  return model;
}

const camelCased = (options: object) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

/** What a case gives here in compiled steps: the losses, and the weights after each step. */
function trainedHere({ name, options, rates, initial }: Golden['cases'][number]) {
  const model = network(initial);
  const tensors = tf.memory().numTensors;
  const [group] = resolveGroups(model, { 'base*': golden.multiplier });
  const column = ({ shape, values }: Column) => ({ shape, values: Float32Array.from(values) });
  const dataset = uploadDataset({ rows: ROWS, inputs: [column(golden.xs)], targets: [column(golden.ys)], notes: [] });
  const step = trainingStep({
    model,
    dataset,
    losses: [lossFunction(lossNamed('meanSquaredError'))],
    rule: resolveOptimizer({ ...camelCased(options), name }).rule,
    multiplierOf: (weight) => (group?.weights.has(weight) ? golden.multiplier : 1),
    rescaleVelocity: false,
    calls: rates.length,
  });
  const rows = Int32Array.from({ length: ROWS }, (_, row) => row);
  const losses: number[] = [];
  const weights: number[][][] = [];
  for (const rate of rates) {
    const loss = step.train(rows, rate);
    losses.push(loss.dataSync()[0] as number);
    loss.dispose();
    weights.push(weightVariables(model).map((weight) => [...weight.dataSync()]));
  }
  const { notes } = step;
  step.dispose();
  dataset.dispose();
  const left = tf.memory().numTensors - tensors;
  model.dispose();
  return { losses, weights, notes, left };
}

const cases = golden.cases.map((given) => [given.name, given.options, given] as const);

test.each(cases)('%s with %j at two rates gives the weights of two of Keras’s optimizers', (_name, _options, given) => {
  const { losses, weights, notes, left } = trainedHere(given);
  expect([notes, left]).toEqual([[], 0]);
  const tolerance = exact ? 2e-6 : 2e-5;
  const furthest = (one: readonly number[], other: readonly number[]) =>
    Math.max(...one.map((value, i) => Math.abs(value - (other[i] as number))));
  expect(furthest(losses, given.losses)).toBeLessThan(tolerance);
  for (const [i, expected] of given.weights.entries())
    expect([i, furthest((weights[i] as number[][]).flat(), expected.flat()) < tolerance]).toEqual([i, true]);
});

/** Without the constraint, which two optimizers here do not share a step with. */
test.runIf(exact).each(cases.filter(([, options]) => !('use_ema' in options)))(
  '%s with %j gives the very bits of two optimizers of lrfind on their own weights',
  (name, options, given) => {
    const { weights } = trainedHere(given);
    const model = network(given.initial);
    const [base, head] = [weightVariables(model).slice(0, 4), weightVariables(model).slice(4)] as const;
    let at = 0;
    const parts = [
      { own: base, rate: (step: number) => (given.rates[step] as number) * golden.multiplier },
      { own: head, rate: (step: number) => given.rates[step] as number },
    ].map(({ own, rate }) => ({
      own,
      made: makeOptimizer(name, { ...camelCased(options), learningRate: () => rate(at) }),
    }));
    const loss = lossFunction(lossNamed('meanSquaredError'));
    const [xs, ys] = [tf.tensor(golden.xs.values, [ROWS, 3]), tf.tensor(golden.ys.values, [ROWS, 1])];
    const bound = constraints.maxNorm({ maxValue: 0.6, axis: 0 });
    for (const expected of weights) {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(loss(ys, model.apply(xs, { training: true }) as tf.Tensor)) as tf.Scalar,
      );
      for (const { own, made } of parts)
        made.applyGradients(own.map(({ name: weight }) => ({ name: weight, tensor: grads[weight] as tf.Tensor })));
      at += 1;
      const [kernel] = head as [tf.Variable];
      tf.tidy(() => kernel.assign(bound.apply(kernel) as never));
      tf.dispose([value, ...Object.values(grads)]);
      expect(weightVariables(model).map((weight) => [...weight.dataSync()])).toEqual(expected);
    }
    model.dispose();
  },
);
