import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  constraints,
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';
import { bits, rejection, tensorsLeft } from '../train/small-trainings.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** Four features go to a model that was built for five. */
function mismatched() {
  const inner = sequential({ layers: [layers.dense({ units: 4, inputShape: [5], name: 'wide' })], name: 'inner' });
  const features = input({ shape: [4] });
  const outputs = layers.dense({ units: 1 }).apply(inner.apply(features)) as SymbolicTensor;
  return functional({ inputs: features, outputs, name: 'outer' });
}

const xs = Array.from({ length: 8 }, (_, i) => [i % 2, i % 3, i % 5, 1]);
const ys = xs.map((row) => [row[1] as number]);
const options = { learningRate: 0.01, epochs: 1, batchSize: 4 };
const ended = (parts: layers.Layer[]) => sequential({ layers: [...parts, layers.dense({ units: 1, name: 'out' })] });

describe('what TensorFlow.js finds out only when a layer computes is a message that names the layer', () => {
  const cases: [string, () => LayersModel, RegExp][] = [
    [
      'a part of a model whose input has another length',
      () =>
        ended([
          layers.reshape({ targetShape: [4], inputShape: [4], name: 'in' }),
          sequential({ layers: [layers.dense({ units: 2, inputShape: [7], name: 'inner' })], name: 'part' }),
        ]),
      /^layer "inner" \(Dense\) cannot compute its input of shape \[\d, 4\]: Input 0 is incompatible with layer inner/,
    ],
    [
      'axes that an activation takes twice',
      () => ended([layers.softmax({ axis: [1, 1] as never, inputShape: [4], name: 'soft' }) as layers.Layer]),
      /^layer "soft" \(Softmax\) cannot compute its input of shape \[\d, 4\]: /,
    ],
    [
      'a model around one whose input has another shape',
      mismatched,
      /^layer "wide" \(Dense\) cannot compute its input of shape \[\d, 4\]: .*layer wide: expected axis -1/,
    ],
  ];
  test.each(cases)('%s', async (_, build, message) => {
    const model = build();
    const before = bits(model);
    let error: unknown;
    expect(
      await tensorsLeft(async () => {
        error = await rejection(train(model, { xs, ys }, options));
      }),
    ).toBe(0);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(message);
    expect(bits(model)).toBe(before);
    expect(Object.hasOwn(model.layers[0] as object, 'apply')).toBe(false);
  });

  test('in a search too', async () => {
    await expect(findLearningRate(mismatched(), { xs, ys }, { batchSize: 4 })).rejects.toThrow(
      /^layer "wide" \(Dense\) cannot compute/,
    );
  });

  test('a mistake in a layer of the caller stays as it is', async () => {
    class Faulty extends layers.Layer {
      static readonly className = 'Faulty';
      override call(): tf.Tensor {
        return (undefined as unknown as { x: tf.Tensor }).x;
      }
    }
    tf.serialization.registerClass(Faulty as never);
    const model = ended([
      layers.reshape({ targetShape: [4], inputShape: [4] }),
      new Faulty({ name: 'faulty' }) as layers.Layer,
    ]);
    expect(await rejection(train(model, { xs, ys }, options))).toBeInstanceOf(TypeError);
  });
});

test.each([
  ['dense', 5, 'from -2 to 1'],
  ['dense', [0, -2], 'from -2 to 1'],
  ['dense', -3, 'from -2 to 1'],
])('the axis of a constraint must be one of its weight: %s, %j', async (_, axis, allowed) => {
  const kernelConstraint = constraints.maxNorm({ maxValue: 1, axis: axis as never });
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [4], kernelConstraint, name: 'd' })] });
  const { message } = await rejection(train(model, { xs, ys }, options));
  expect(message).toBe(
    `the axis of MaxNorm of the weight "d/kernel" must be ${allowed}, each at most once; got ${[axis].flat().join(', ')}`,
  );
});
