import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile, useBackend } from '../../src/node/index.js';
import type { WebGpuBackend } from '../../src/webgpu/gpu.js';
import { hasSoftwareGpu } from '../support/software-gpu.js';

type Run = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/** A step of momentum: it reads and assigns two variables, with constants, casts and a product. */
function momentum([weight, velocity]: readonly [tf.Variable, tf.Variable]): Run {
  return ([x, rate]) => {
    const gradient = tf.matMul(weight as unknown as tf.Tensor2D, x as tf.Tensor2D);
    const positive = tf.cast(tf.greater(gradient, tf.tensor1d([0, 1])), 'float32');
    const moved = tf.add(tf.mul(velocity, 0.9), tf.mul(gradient, tf.transpose(positive)));
    velocity.assign(moved as never);
    weight.assign(tf.sub(weight, tf.mul(rate as tf.Tensor, moved)) as never);
    return [tf.mean(tf.square(gradient)), tf.transpose(gradient)];
  };
}

function start(): [tf.Variable, tf.Variable] {
  return tf.tidy(() => [tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2])), tf.variable(tf.zeros([2, 2]))]);
}

const inputsOf = (i: number) => [tf.tensor2d([1, i, 0.5, -1], [2, 2]), tf.scalar(0.01 / (i + 1))];

/** What a call returns, and what the variables hold then. */
async function numbersOf(run: Run, state: readonly tf.Variable[], i: number): Promise<number[]> {
  const inputs = inputsOf(i);
  const outputs = run(inputs);
  const values = await Promise.all([...outputs, ...state].map((one) => one.data()));
  tf.dispose([inputs, outputs]);
  return values.flatMap((each) => [...each]);
}

describe.skipIf(!hasSoftwareGpu)('a function that is replayed on WebGPU', () => {
  beforeAll(async () => {
    await useBackend('webgpu');
  });

  test.each([true, false])(
    'gives the bits of the eager one, and leaks nothing (known to be pure: %s)',
    async (isPure) => {
      const before = [tf.memory().numTensors, tf.backend().numDataIds()];
      const [states, expected] = [[start(), start()] as const, [] as number[][]];
      const eager = momentum(states[0]);
      for (let i = 0; i < 9; i++)
        expected.push(await numbersOf((inputs) => tf.tidy(() => eager(inputs)), states[0], i));
      const step = compile(momentum(states[1]), states[1], 9, isPure);
      const compiled: boolean[] = [];
      for (let i = 0; i < 8; i++) {
        expect(await numbersOf((inputs) => step.call(inputs), states[1], i)).toEqual(expected[i]);
        compiled.push(step.compiled);
      }
      // A clone, as a snapshot is, keeps what the variable held.
      const held = await states[1][0].data();
      const clone = states[1][0].clone();
      expect(await numbersOf((inputs) => step.call(inputs), states[1], 8)).toEqual(expected[8]);
      expect([...(await clone.data())]).toEqual([...held]);
      clone.dispose();
      expect(step.problems).toEqual([]);
      expect(compiled.at(-1)).toBe(true);
      step.dispose();
      tf.dispose([...states[0], ...states[1]]);
      expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
    },
  );

  test('is one submission, in which nothing is made but its results', async () => {
    const state = start();
    const step = compile(momentum(state), state, 9, true);
    for (let i = 0; i < 5; i++) await numbersOf((inputs) => step.call(inputs), state, i);
    expect(step.compiled).toBe(true);
    const inputs = inputsOf(5);
    const counts: Record<string, number> = {};
    const backend = tf.backend() as WebGpuBackend;
    const device = Object.getPrototypeOf(backend.device);
    const queue = Object.getPrototypeOf(backend.device.queue);
    const undo = (
      [
        [device, 'createBindGroup'],
        [device, 'createCommandEncoder'],
        [device, 'createComputePipeline'],
        [queue, 'submit'],
        [queue, 'writeBuffer'],
      ] as const
    ).map(([prototype, name]) => {
      const original = prototype[name];
      prototype[name] = function (this: unknown, ...args: unknown[]) {
        counts[name] = (counts[name] ?? 0) + 1;
        return original.apply(this, args);
      };
      return () => {
        prototype[name] = original;
      };
    });
    const outputs = step.call(inputs);
    for (const each of undo) each();
    expect(counts).toEqual({ createCommandEncoder: 1, submit: 1, writeBuffer: 2 });
    step.dispose();
    tf.dispose([inputs, outputs, state]);
  });

  test('reads what a variable holds now, also where a read began before the last call', async () => {
    const count = tf.variable(tf.scalar(0));
    const step = compile(
      ([by]) => {
        count.assign(tf.add(count, by as tf.Tensor));
        return [tf.mul(count, 1)];
      },
      [count],
      9,
      true,
    );
    const call = async () => {
      const by = tf.scalar(1);
      const [value] = step.call([by]);
      const number = (await value?.data())?.[0];
      tf.dispose([by, value as tf.Tensor]);
      return number;
    };
    for (let i = 1; i <= 5; i++) expect(await call()).toBe(i);
    expect(step.compiled).toBe(true);
    const early = count.data();
    const late = call();
    expect((await early)[0]).toBe(5);
    expect(await late).toBe(6);
    expect((await count.data())[0]).toBe(6);
    count.assign(tf.scalar(20));
    expect(await call()).toBe(21);
    step.dispose();
    count.dispose();
  });

  test('that draws in JavaScript goes on eagerly, and says why', async () => {
    const step = compile(([x]) => [tf.add(x as tf.Tensor, tf.scalar(Math.random()))], [], 9);
    for (let i = 0; i < 4; i++) {
      const x = tf.scalar(1);
      const [y] = step.call([x]);
      await y?.data();
      tf.dispose([x, y as tf.Tensor]);
    }
    expect(step.problems).toEqual([expect.stringMatching(/constant of shape \[\] had other values/)]);
    expect(step.compiled).toBe(false);
    step.dispose();
  });

  test('is not compiled where it assigns one variable to another, or returns what a variable held', async () => {
    const [a, b] = start();
    const swapped = compile(
      ([x]) => {
        a.assign(b as never);
        return [tf.mul(x as tf.Tensor, 2)];
      },
      [a, b],
      9,
      true,
    );
    const x = tf.scalar(1);
    tf.dispose(swapped.call([x]));
    expect(swapped.problems).toEqual(['it assigns one variable to another']);
    swapped.dispose();
    tf.dispose([a, b, x]);
  });
});
