import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { compile, statelessUniform, useBackend } from '../../../src/node/index.js';
import type { NodeBackend } from '../../../src/tensorflow/tfjs-node.js';
import { liveTensors } from '../../support/check.js';
import { describeTensorFlow } from '../../support/tensorflow.js';

/** Tensors of TensorFlow.js, and those of the library behind them. */
const live = () => ({ ...liveTensors(), handles: (tf.backend() as unknown as NodeBackend).binding.getNumOfTensors() });

describeTensorFlow('functions compiled for TensorFlow', () => {
  let before: ReturnType<typeof live>;

  beforeAll(async () => {
    await useBackend('tensorflow');
  });
  beforeEach(() => {
    before = live();
  });
  afterEach(() => expect(live()).toEqual(before));

  test('return what they return eagerly, for the arguments of each call', () => {
    const compiled = compile(([x]) => [tf.add(tf.square(x as tf.Tensor), 1), x as tf.Tensor], []);
    for (const value of [1, 2, 3, 4, 5, 6]) {
      const x = tf.tensor1d([value, -value]);
      const [y, same] = compiled.call([x]);
      expect(Array.from(y?.dataSync() ?? [])).toEqual([value ** 2 + 1, value ** 2 + 1]);
      expect(Array.from(same?.dataSync() ?? [])).toEqual([value, -value]);
      if (same !== x) same?.dispose();
      tf.dispose([x, y as tf.Tensor]);
    }
    expect(compiled.compiled).toBe(true);
    compiled.dispose();
  });

  test('continue with the values that the last call assigned, and do not change clones', () => {
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]), false));
    const compiled = compile(() => {
      const old = tf.sum(weight);
      weight.assign(tf.mul(weight, 2));
      return [old];
    }, [weight]);
    for (let i = 0; i < 6; i++) {
      const clone = weight.clone();
      const [sum] = compiled.call([]);
      expect(sum?.dataSync()[0]).toBe(3 * 2 ** i);
      expect(Array.from(clone.dataSync())).toEqual([2 ** i, 2 ** (i + 1)]);
      tf.dispose([clone, sum as tf.Tensor]);
    }
    expect(compiled.compiled).toBe(true);
    expect(Array.from(weight.dataSync())).toEqual([64, 128]);
    compiled.dispose();
    weight.dispose();
  });

  test('read a captured dataset without copying it', () => {
    const table = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const compiled = compile(([rows]) => [tf.gather(table, rows as tf.Tensor1D)], []);
    for (const row of [0, 1, 0, 1, 0]) {
      const rows = tf.tensor1d([row], 'int32');
      const [found] = compiled.call([rows]);
      expect(Array.from(found?.dataSync() ?? [])).toEqual([2 * row + 1, 2 * row + 2]);
      tf.dispose([rows, found as tf.Tensor]);
    }
    expect(compiled.compiled).toBe(true);
    compiled.dispose();
    table.dispose();
  });

  test('run eagerly, and name the operation, where a kernel reads values back', () => {
    const compiled = compile(
      ([x]) => [tf.cast(tf.searchSorted(tf.tensor1d([1, 2, 3]), x as tf.Tensor1D), 'float32')],
      [],
    );
    for (let i = 0; i < 4; i++) {
      const x = tf.tensor1d([i]);
      const [place] = compiled.call([x]);
      expect(place?.dataSync()[0]).toBe([0, 0, 1, 2][i]);
      tf.dispose([x, place as tf.Tensor]);
    }
    expect(compiled.compiled).toBe(false);
    expect(compiled.problems).toEqual(['SearchSorted cannot be compiled: it reads values back']);
    compiled.dispose();
  });

  test('draw different numbers with each seed, and equal ones with equal seeds', () => {
    const compiled = compile(([seed]) => [statelessUniform([4], seed as tf.Tensor, 0)], []);
    const drawn = [1, 2, 1, 2, 1].map((number) => {
      const seed = tf.tensor1d([7, number], 'int32');
      const [uniform] = compiled.call([seed]);
      const values = Array.from(uniform?.dataSync() ?? []);
      tf.dispose([seed, uniform as tf.Tensor]);
      return values;
    });
    expect(compiled.compiled).toBe(true);
    expect(drawn[4]).toEqual(drawn[0]);
    expect(drawn[3]).toEqual(drawn[1]);
    expect(drawn[1]).not.toEqual(drawn[0]);
    expect(drawn.flat().every((value) => value >= 0 && value < 1)).toBe(true);
    compiled.dispose();
  });

  test('draw the same random numbers where XLA compiles them, as on a GPU in a long run', () => {
    const compiled = compile(([seed]) => [statelessUniform([64, 33], seed as tf.Tensor, 3)], []);
    const draw = () => tf.tidy(() => Array.from(compiled.call([tf.tensor1d([7, 1], 'int32')])[0]?.dataSync() ?? []));
    const first = draw();
    draw();
    const { binding } = tf.backend() as unknown as NodeBackend;
    const callFunction = binding.callFunction.bind(binding);
    const byXla = [{ name: '_XlaMustCompile', type: binding.TF_ATTR_BOOL, value: true }];
    const spy = vi
      .spyOn(binding, 'callFunction')
      .mockImplementation((context, name, _, inputs, outputs) => callFunction(context, name, byXla, inputs, outputs));
    expect(draw()).toEqual(first);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    expect(new Set(first).size).toBeGreaterThan(2000);
    const mean = first.reduce((sum, value) => sum + value) / first.length;
    // The mean of 2,112 uniform numbers has a standard deviation of 0.006.
    expect(mean).toBeGreaterThan(0.47);
    expect(mean).toBeLessThan(0.53);
    compiled.dispose();
  });

  test('are compiled by XLA in a long run, with the same numbers', () => {
    const weight = tf.tidy(() => tf.variable(tf.eye(8), false));
    const step = () => {
      const product = tf.tanh(tf.matMul(weight as tf.Tensor2D, weight as tf.Tensor2D));
      weight.assign(tf.add(tf.mul(weight, 0.5), product));
      return [tf.sum(weight)];
    };
    const { binding } = tf.backend() as unknown as NodeBackend;
    const results = (calls: number) => {
      tf.tidy(() => weight.assign(tf.eye(8)));
      const spy = vi.spyOn(binding, 'callFunction');
      const compiled = compile(step, [weight], calls);
      const next = () => tf.tidy(() => compiled.call([])[0]?.dataSync()[0] as number);
      const sums = Array.from({ length: 30 }, next);
      // The executor is measured for a time before XLA is tried.
      const start = Date.now();
      while (Date.now() - start < 100) next();
      const attributes = spy.mock.calls.flatMap(([, , given]) => given.map(({ name }) => name));
      spy.mockRestore();
      expect(compiled.problems).toEqual([]);
      compiled.dispose();
      return { sums, xla: attributes.includes('_XlaMustCompile') };
    };
    const [short, long] = [results(30), results(1e9)];
    expect([short.xla, long.xla]).toEqual([false, true]);
    for (const [i, sum] of long.sums.entries()) expect(sum).toBeCloseTo(short.sums[i] as number, 3);
    weight.dispose();
  });
});
