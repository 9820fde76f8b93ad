import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { runModel } from '../../src/engine/run-model.js';
import { findLearningRate } from '../../src/find.js';
import { train } from '../../src/train.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** Four features go to a model that was built for five. */
function mismatched() {
  const inner = sequential({ layers: [layers.dense({ units: 4, inputShape: [5], name: 'wide' })], name: 'inner' });
  const features = input({ shape: [4] });
  const outputs = layers.dense({ units: 1 }).apply(inner.apply(features)) as SymbolicTensor;
  return model({ inputs: features, outputs, name: 'outer' });
}

describe('a model that can be built and not run is refused with the reason of TensorFlow.js', () => {
  const data = () => ({ xs: tf.zeros([40, 4]), ys: tf.zeros([40, 1]) });
  const message =
    /^model "outer" must have layers that fit each other; TensorFlow\.js says: .*layer wide: expected axis -1/;

  test('in a search', async () => {
    const refused = await findLearningRate(mismatched(), data()).catch((error) => error);
    expect(refused).toBeInstanceOf(InputError);
    expect(refused.message).toMatch(message);
  });

  test('in a training, which leaves the weights and no tensor', async () => {
    const outer = mismatched();
    const before = outer.getWeights().map((weight) => [...weight.dataSync()]);
    const given = data();
    const { numTensors } = tf.memory();
    await expect(train(outer, given, { learningRate: 0.1, epochs: 1 })).rejects.toThrow(message);
    expect(outer.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

test('errors that no layer or operation raised pass unchanged', () => {
  const mine = new TypeError('undefined is not a function');
  expect(() =>
    runModel('m', () => {
      throw mine;
    }),
  ).toThrow(mine);
});
