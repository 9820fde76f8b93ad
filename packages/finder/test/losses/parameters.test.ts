import { readFileSync } from 'node:fs';
import { useBackend } from '@lrfind/backends';
import { InputError } from '@lrfind/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { lossFunction, lossNamed } from '../../src/losses/registry.js';
import { backend } from '../backend.js';

await useBackend(backend);

interface Case {
  readonly loss: string;
  readonly target: number[][];
  readonly prediction: number[][];
  readonly value: number;
}
const cases: Case[] = JSON.parse(
  readFileSync(new URL('../../../../fixtures/keras-files/losses.json', import.meta.url), 'utf8'),
);

test.each(cases)("$loss has Keras's value, and leaves no tensor behind", ({ loss, target, prediction, value }) => {
  const kind = lossNamed(loss);
  expect(kind.name).toBe(loss);
  const run = () =>
    tf.tidy(() => tf.mean(lossFunction(kind)(tf.tensor2d(target), tf.tensor2d(prediction))).dataSync()[0]);
  run();
  const before = tf.memory().numTensors;
  expect(Math.abs((run() as number) - value)).toBeLessThan(1e-5 * Math.max(1, value));
  expect(tf.memory().numTensors).toBe(before);
});

test('the mean over the entries of a loss with parameters is the loss', () => {
  for (const loss of ['huber(delta=0.5)', 'sigmoidCrossEntropy(labelSmoothing=0.3)']) {
    const { target, prediction, value } = cases.find((each) => each.loss === loss) as Case;
    const { entries } = lossFunction(lossNamed(loss));
    const mean = tf.tidy(() =>
      tf.mean(entries?.(tf.tensor2d(target), tf.tensor2d(prediction)) as tf.Tensor).dataSync(),
    );
    expect(mean[0]).toBeCloseTo(value, 5);
  }
});

test.each([
  ['mse(reduction=mean)', 'meanSquaredError'],
  ['huber(delta=1)', 'huber'],
  [' Huber( delta = 0.5 ) ', 'huber(delta=0.5)'],
  ['categorical_crossentropy(label_smoothing=0.1)', 'categoricalCrossentropy(labelSmoothing=0.1)'],
])('%s is called %s', (text, name) => {
  expect(lossNamed(text).name).toBe(name);
});

test('cross entropy with label smoothing is computed from logits with it', () => {
  expect(lossNamed('categoricalCrossentropy(labelSmoothing=0.1,reduction=sum)').onLogits).toEqual({
    activation: 'softmax',
    loss: 'softmaxCrossEntropy(labelSmoothing=0.1,reduction=sum)',
  });
  expect(lossNamed('binaryCrossentropy(reduction=sum)').onLogits?.loss).toBe('sigmoidCrossEntropy(reduction=sum)');
});

describe('refused', () => {
  test.each([
    ['huber(delta=0)', /--loss huber: delta must be .*0/],
    ['huber(delta=-1)', /delta must be .*-1/],
    ['huber(delta=x)', /delta must be .*"x"/],
    ['huber(delta)', /each parameter must be name=value; got "delta"/],
    ['huber(0.5)', /each parameter must be name=value; got "0\.5"/],
    ['huber()', /each parameter must be name=value/],
    ['huber(detla=1)', /parameters of delta, reduction; got "detla"; did you mean delta\?/],
    ['mse(labelSmoothing=0.1)', /meanSquaredError must have parameters of reduction; got "labelSmoothing"/],
    ['bce(labelSmoothing=1.5)', /labelSmoothing must be .*1\.5/],
    ['mse(reduction=none)', /reduction must be .*"none"/],
    ['huber(delta=1', /--loss must be one of .*got "huber\(delta=1"/],
    ['huber(__proto__=1)', /huber must have parameters of delta, reduction/],
  ])('%s', (text, message) => {
    expect(() => lossNamed(text, '--loss')).toThrow(InputError);
    expect(() => lossNamed(text, '--loss')).toThrow(message);
  });
});
