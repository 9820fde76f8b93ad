import { useBackend } from '@lrfind/backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { readback, yieldToEvents } from '../../src/engine/readback.js';
import { backend } from '../backend.js';

beforeAll(() => useBackend(backend));

/** A tensor whose values take some time to arrive, or never do. */
function slow(values: number[], milliseconds: number, fails?: Error): tf.Tensor {
  const made = tf.tensor1d(values);
  const { data } = made;
  made.data = async function delayed() {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (fails) throw fails;
    return data.call(this) as never;
  };
  return made;
}

const read = async <Context>(measurements: ReturnType<typeof readback<Context>>) =>
  (await measurements.read()).map(({ values, context }) => [values.map((each) => [...each]), context]);

test('measurements come back in the order in which they were added, each with its context', async () => {
  const before = tf.memory().numTensors;
  const measurements = readback<string>();
  measurements.add([slow([1, 2], 20)], 'slow');
  measurements.add([tf.scalar(3), slow([4], 10)], 'two');
  measurements.add([tf.tensor2d([[5], [6]])], 'matrix');
  measurements.add([], 'none');
  expect(measurements.waiting).toBe(4);
  expect(await read(measurements)).toEqual([
    [[[1, 2]], 'slow'],
    [[[3], [4]], 'two'],
    [[[5, 6]], 'matrix'],
    [[], 'none'],
  ]);
  expect(measurements.waiting).toBe(0);
  expect(tf.memory().numTensors).toBe(before);
  expect(await read(measurements)).toEqual([]);
});

test('a tensor may be added to a measurement that waits', async () => {
  const before = tf.memory().numTensors;
  const measurements = readback<number>();
  const measured = [tf.scalar(1)];
  measurements.add(measured, 0);
  measured.push(tf.scalar(2));
  expect(await read(measurements)).toEqual([[[[1], [2]], 0]]);
  expect(tf.memory().numTensors).toBe(before);
});

test('what is added while others are read waits for the next time', async () => {
  const measurements = readback<number>();
  measurements.add([slow([1], 10)], 1);
  const first = read(measurements);
  measurements.add([tf.scalar(2)], 2);
  expect(await first).toEqual([[[[1]], 1]]);
  expect(measurements.waiting).toBe(1);
  expect(await read(measurements)).toEqual([[[[2]], 2]]);
});

describe('all tensors are freed', () => {
  test('when one of them cannot be read, and what was added later can be', async () => {
    const before = tf.memory().numTensors;
    const measurements = readback<number>();
    measurements.add([tf.scalar(1)], 1);
    measurements.add([slow([2], 0, new Error('lost'))], 2);
    measurements.add([tf.scalar(3)], 3);
    await expect(measurements.read()).rejects.toThrow('lost');
    expect(measurements.waiting).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
    measurements.add([tf.scalar(4)], 4);
    expect(await read(measurements)).toEqual([[[[4]], 4]]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('when the rest is not wanted any more', () => {
    const before = tf.memory().numTensors;
    const measurements = readback<number>();
    for (let i = 0; i < 5; i++) measurements.add([tf.scalar(i), tf.tensor1d([i, i])], i);
    expect(tf.memory().numTensors).toBe(before + 10);
    measurements.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(measurements.waiting).toBe(0);
    measurements.dispose();
  });
});

describe('the event loop', () => {
  test('runs what is due', async () => {
    let ran = false;
    setTimeout(() => {
      ran = true;
    }, 0);
    // A timer is due after a millisecond, which is many turns of the loop.
    for (let i = 0; i < 1e6 && !ran; i++) await yieldToEvents(undefined);
    expect(ran).toBe(true);
  });

  test('ends what is aborted, also by something that was due, with the reason', async () => {
    const controller = new AbortController();
    await yieldToEvents(controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 0);
    const yields = async () => {
      for (let i = 0; i < 1e6; i++) await yieldToEvents(controller.signal);
    };
    await expect(yields()).rejects.toThrow('enough');
    await expect(yieldToEvents(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});
