import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { liveTensors } from '../support/check.js';
import { describeTensorFlow } from '../support/tensorflow.js';

const silent = ['log', 'info', 'warn', 'error'] as const;

describeTensorFlow("lrfind's kernels", () => {
  let before: ReturnType<typeof liveTensors>;

  beforeEach(async () => {
    for (const method of silent) vi.spyOn(console, method);
    await useBackend('tensorflow');
    tf.engine().startScope();
    before = liveTensors();
  });

  afterEach(() => {
    for (const method of silent) expect(console[method]).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    tf.engine().endScope();
    expect(liveTensors()).toEqual({ tensors: before.tensors, buffers: before.buffers });
  });

  const integers = () => tf.tensor1d([-2, 0, 3], 'int32');

  test('round integers to themselves', () => {
    expect([...tf.round(integers()).dataSync()]).toEqual([-2, 0, 3]);
    expect([...tf.round(tf.tensor1d([0.5, 1.5, -2.4])).dataSync()]).toEqual([0, 2, -2]);
    const x = integers();
    const rounded = tf.round(x);
    x.dispose();
    expect([...rounded.dataSync()]).toEqual([-2, 0, 3]);
  });

  test('return the sign 0 for NaN', () => {
    expect([...tf.sign(tf.tensor1d([Number.NaN, -3, 0, 2])).dataSync()]).toEqual([0, -1, 0, 1]);
    expect([...tf.sign(integers()).dataSync()]).toEqual([-1, 0, 1]);
  });

  test('do not dispose their input, whatever its type', () => {
    const x = integers();
    const e = tf.exp(x).dataSync();
    [-2, 0, 3].forEach((power, i) => {
      expect(e[i]).toBeCloseTo(Math.E ** power, 5);
    });
    expect([...tf.leakyRelu(x, 0.5).dataSync()]).toEqual([-1, 0, 3]);
    const steps = tf.step(x, 2);
    expect([steps.dtype, ...steps.dataSync()]).toEqual(['int32', 2, 2, 1]);
    expect([...x.dataSync()]).toEqual([-2, 0, 3]);
  });

  test('find the first largest and smallest of booleans', () => {
    const truths = tf.tensor2d(
      [
        [0, 1, 1],
        [1, 0, 0],
      ],
      [2, 3],
      'bool',
    );
    expect([...tf.argMax(truths, 1).dataSync()]).toEqual([1, 0]);
    expect([...tf.argMin(truths, 1).dataSync()]).toEqual([0, 1]);
    const diagonal = tf.diag(tf.tensor1d([1, 0], 'bool'));
    expect([diagonal.dtype, ...diagonal.dataSync()]).toEqual(['bool', 1, 0, 0, 0]);
  });

  test('multiply by alpha below zero, and leave infinities and NaN', () => {
    const x = tf.tensor1d([-4, 4, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
    const expected = [-1, 4, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    expect([...tf.prelu(x, tf.fill([5], 0.25)).dataSync()]).toEqual(expected);
  });

  test('compare strings', () => {
    const [a, b] = [tf.tensor1d(['a', 'b', 'c']), tf.tensor1d(['b', 'b', 'b'])];
    expect([...tf.less(a, b).dataSync()]).toEqual([1, 0, 0]);
    expect([...tf.greaterEqual(a, b).dataSync()]).toEqual([0, 1, 1]);
    expect([...tf.equal(a, b).dataSync()]).toEqual([0, 1, 0]);
  });

  test('scatter rows to a list of positions', () => {
    const scattered = tf.scatterND(tf.tensor1d([3, 1, 3], 'int32'), tf.tensor1d([1, 2, 4]), [4]);
    expect([...scattered.dataSync()]).toEqual([0, 2, 0, 5]);
    const one = tf.scatterND(tf.tensor2d([[1, 0]], [1, 2], 'int32'), tf.tensor1d([7]), [2, 2]);
    expect([...one.dataSync()]).toEqual([0, 0, 7, 0]);
  });

  test('draw the same for the same seed, by weight, from probabilities or their logarithms', () => {
    const draws = (seed: number, normalized: boolean) => {
      const weights = tf.tensor1d([0.7, 0, 0.3]);
      return [...tf.multinomial(normalized ? weights : tf.log(weights), 1000, seed, normalized).dataSync()];
    };
    const first = draws(5, true);
    expect(draws(5, true)).toEqual(first);
    expect(draws(5, false)).toEqual(first);
    expect(draws(5.5, true)).not.toEqual(first);
    const share = first.filter((index) => index === 0).length / 1000;
    // Five standard deviations of a share of 0.7 in 1000.
    expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt((0.7 * 0.3) / 1000));
    expect(first).not.toContain(1);
  });

  test('that run in JavaScript return their result to TensorFlow', () => {
    expect([...tf.bitwiseAnd(tf.tensor1d([6, 3], 'int32'), tf.tensor1d([3, 5], 'int32')).dataSync()]).toEqual([2, 1]);
    expect([...tf.lowerBound(tf.tensor1d([1, 3, 5]), tf.tensor1d([2, 5])).dataSync()]).toEqual([1, 2]);
    const pooled = tf.maxPoolWithArgmax(tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1]), 2, 2, 'valid');
    expect(Object.values(pooled).map((x) => x.dataSync()[0])).toEqual([4, 1]);
    const { values } = tf.string.stringSplit(tf.tensor1d(['a b', 'c']), ' ') as { values: tf.Tensor };
    expect([...values.dataSync()]).toEqual(['a', 'b', 'c']);
  });
});
