import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@lrfind/backends';
import { fileSource } from '@lrfind/data/node';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import type { MaskedTensor } from '../../src/engine/mask-rules.js';
import { applyWithMasks } from '../../src/engine/masks.js';
import { disposeModel } from '../../src/model/formats/keras/build.js';
import { operations } from '../../src/model/formats/keras/operation-layer.js';
import { readModel } from '../../src/model/formats/registry.js';
import { layersWithin } from '../../src/model/layers-within.js';
import { backend } from '../backend.js';

await useBackend(backend);

/** From Keras itself: fixtures/keras-operations/golden.py. */
interface Case {
  readonly name: string;
  readonly model: object;
  readonly output: readonly number[];
  readonly losses: readonly number[];
}

const cases = JSON.parse(
  readFileSync(new URL('../../../../fixtures/keras-operations/golden.json', import.meta.url), 'utf8'),
) as readonly Case[];
const folder = mkdtempSync(join(tmpdir(), 'lrfind-operations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The numbers that golden.py gives to what has a shape. */
function values(shape: readonly number[], offset: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Float32Array.from(
    { length: size },
    (_, i) => (((i * i * 71 + i * 379 + offset * 131) % 1009) / 1009) * 2 - 1,
  );
  return tf.tensor(numbers, [...shape]);
}

const largestDifference = (got: ArrayLike<number>, wanted: readonly number[]) =>
  Math.max(...wanted.map((value, i) => Math.abs((got[i] as number) - value) / Math.max(1, Math.abs(value))));

test.each(cases.map((one) => [one.name, one] as const))("%s: Keras's outputs and losses", async (_, one) => {
  const path = join(folder, 'model.json');
  writeFileSync(path, JSON.stringify(one.model));
  const { model } = await readModel(fileSource(path));
  tf.tidy(() => model.setWeights([values([4, 4], 1), values([4], 2)]));
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const losses = tf.tidy(() => {
    const x = values([4, 3, 4], 3);
    const run = () => (applyWithMasks(model, layersWithin(model), [x], false)[0] as MaskedTensor).value;
    const output = run();
    expect(output.size).toBe(one.output.length);
    expect(largestDifference(output.dataSync(), one.output)).toBeLessThan(1e-5);
    const target = values(output.shape, 4);
    return one.losses.map(() => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.squaredDifference(run(), target)) as tf.Scalar,
        variables,
      );
      for (const each of variables) each.assign(tf.sub(each, tf.mul(grads[each.name] ?? 0, 0.1)));
      return value.dataSync()[0] as number;
    });
  });
  expect(largestDifference(losses, one.losses)).toBeLessThan(1e-4);
  disposeModel(model);
});

test.each([
  'Where',
  'Cast',
  'Any',
  'All',
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalNot',
])('%s has a case', (name) => {
  expect(Object.hasOwn(operations, name)).toBe(true);
  expect(cases.some(({ model }) => JSON.stringify(model).includes(`"class_name":"${name}"`))).toBe(true);
});
