import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canDrawStateless, statelessUniform, useBackend } from '../../src/node/index.js';
import { fillUniform } from '../../src/random/xoshiro128.js';
import { liveTensors } from '../support/check.js';
import { fmix32, uniforms, xoshiro128 } from './reference.js';

beforeAll(async () => {
  await useBackend('wasm');
});

function drawn(count: number, seed: readonly number[], salt: number): Float32Array {
  return tf.tidy(() => statelessUniform([count], tf.tensor1d([...seed], 'int32'), salt).dataSync() as Float32Array);
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's correlation; of `n` independent pairs its standard error is 1/√n. */
function correlation(x: Float32Array, y: Float32Array): number {
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    const [dx, dy] = [value - mx, (y[i] as number) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

describe('the reference that the kernels are compared with', () => {
  test('gives the published numbers of xoshiro128** for the state 1, 2, 3, 4', () => {
    // From the tests of the Rust crate rand_xoshiro, made there with the authors' C code.
    const published = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    const words = xoshiro128(1, 2, 3, 4);
    expect(published.map(() => words.next().value)).toEqual(published);
    const values = new Float32Array(published.length);
    fillUniform(values, [1, 2, 3, 4]);
    expect([...values]).toEqual(published.map((word) => Math.floor(word / 256) / 2 ** 24));
  });

  test("gives MurmurHash3's finaliser", () => {
    expect(fmix32(0n)).toBe(0n);
    expect(fmix32(1n)).toBe(0x514e28b7n);
  });
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => {
    await useBackend(backend);
  });
  afterAll(async () => {
    await useBackend('wasm');
  });

  test('it is available once the backend is open', () => {
    expect(canDrawStateless()).toBe(true);
  });

  test.each([
    [[0, 0], 0],
    [[0, 1], 0],
    [[1, 0], 0],
    [[0, 0], 1],
    [[2 ** 31 - 1, -(2 ** 31)], 12345],
    [[-1, -1], 2 ** 31 - 1],
  ] as const)('seed %j and salt %d give the numbers of the formula, bit for bit', (seed, salt) => {
    expect([...drawn(1000, seed, salt)]).toEqual(uniforms(1000, seed, salt));
  });

  test('equal seeds and salts give equal numbers, whatever the rank', () => {
    const seed = tf.tensor1d([3, 4], 'int32');
    const [flat, cube] = [statelessUniform([24], seed, 5), statelessUniform([2, 3, 4], seed, 5)];
    expect(cube.shape).toEqual([2, 3, 4]);
    expect(cube.dtype).toBe('float32');
    expect(cube.dataSync()).toEqual(flat.dataSync());
    tf.dispose([seed, flat, cube]);
  });

  test('a scalar and an empty tensor can be drawn', () => {
    const seed = tf.tensor1d([3, 4], 'int32');
    const [scalar, empty] = [statelessUniform([], seed, 0), statelessUniform([0, 3], seed, 0)];
    expect([...scalar.dataSync()]).toEqual(uniforms(1, [3, 4], 0));
    expect(empty.dataSync()).toHaveLength(0);
    expect(empty.shape).toEqual([0, 3]);
    tf.dispose([seed, scalar, empty]);
  });

  test('it makes one tensor and leaks nothing', () => {
    const seed = tf.tensor1d([1, 2], 'int32');
    const before = liveTensors();
    const values = statelessUniform([5, 5], seed, 0);
    expect(liveTensors().tensors).toBe(before.tensors + 1);
    values.dispose();
    expect(liveTensors()).toEqual(before);
    seed.dispose();
  });

  test('a seed that is not two whole numbers is refused', () => {
    const [float, three] = [tf.tensor1d([1, 2]), tf.tensor1d([1, 2, 3], 'int32')];
    expect(() => statelessUniform([1], float, 0)).toThrow('seed must be int32 of shape [2]; got float32 of shape [2]');
    expect(() => statelessUniform([1], three, 0)).toThrow('; got int32 of shape [3]');
    tf.dispose([float, three]);
  });

  test('what is multiplied by it has its gradient, and nothing is left behind', () => {
    const seed = tf.tensor1d([8, 9], 'int32');
    const x = tf.variable(tf.tensor1d([1, 2, 3]));
    const before = liveTensors();
    const loss = () => tf.sum(tf.mul(tf.square(x), statelessUniform([3], seed, 2)));
    const { value, grads } = tf.variableGrads(loss as () => tf.Scalar, [x]);
    const u = uniforms(3, [8, 9], 2) as [number, number, number];
    const slopes = [...(grads[x.name] as tf.Tensor).dataSync()];
    [2, 4, 6].forEach((twice, i) => {
      expect(slopes[i]).toBeCloseTo(twice * (u[i] as number), 5);
    });
    const [byInput] = tf.grads((y) => tf.mul(y, statelessUniform([3], seed, 2)))([x]) as [tf.Tensor];
    expect([...byInput.dataSync()]).toEqual(u);
    tf.dispose([value, grads, byInput]);
    expect(liveTensors()).toEqual(before);
    tf.dispose([seed, x]);
  });
});

test('a backend without the kernel is recognised', async () => {
  tf.registerBackend('another', () => ({ dispose() {} }) as unknown as tf.KernelBackend);
  try {
    expect(tf.setBackend('another')).toBeInstanceOf(Promise);
    expect(canDrawStateless()).toBe(false);
  } finally {
    await tf.setBackend('wasm');
    tf.removeBackend('another');
  }
});

describe('the numbers', () => {
  const N = 100_000;

  test('have the mean 1/2 and the variance 1/12, within 4 standard errors', () => {
    const values = drawn(N, [1, 1], 0);
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / N));
    // The fourth central moment is 1/80, so the variance of a squared deviation is 1/80 − 1/144 = 1/180.
    expect(Math.abs(mean(values.map((value) => (value - 0.5) ** 2)) - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / N));
    expect(Math.min(...values.subarray(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(values.every((value) => value < 1)).toBe(true);
  });

  test('fill 1,000 bins evenly', () => {
    const counts = new Float64Array(1000);
    for (const value of drawn(N, [2, 7], 3))
      counts[Math.floor(value * 1000)] = (counts[Math.floor(value * 1000)] ?? 0) + 1;
    const expected = N / 1000;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 999 degrees of freedom: mean 999, standard deviation √1998 = 44.7.
    expect(Math.abs(chiSquare - 999)).toBeLessThan(4 * 44.7);
  });

  test('have each of their 24 bits set half of the time, also first numbers of streams that are neighbours', () => {
    const streams = Array.from({ length: 64 }, (_, seed) =>
      Array.from({ length: 64 }, (_, salt) => uniforms(1, [0, seed], salt)[0] as number),
    ).flat();
    for (const values of [drawn(N, [5, 0], 1), streams]) {
      for (let bit = 1; bit <= 24; bit++) {
        const set = mean(Array.from(values, (value) => Math.floor(value * 2 ** bit) % 2));
        expect(Math.abs(set - 0.5), `bit ${bit}`).toBeLessThan(4.5 * Math.sqrt(0.25 / values.length));
      }
    }
  });

  test.each([
    ['salts', [0, 1], 0, [0, 1], 1],
    ['salts far apart', [0, 1], 0, [0, 1], 1024],
    ['steps', [0, 1], 0, [0, 2], 0],
    ['repetitions', [0, 1], 0, [1, 1], 0],
    ['words exchanged', [0, 1], 0, [1, 0], 0],
    ['step and salt exchanged', [0, 1], 2, [0, 2], 1],
  ] as const)('of neighbouring %s are not correlated, nor when shifted', (_, seed, salt, otherSeed, otherSalt) => {
    const [x, y] = [drawn(N, seed, salt), drawn(N, otherSeed, otherSalt)];
    for (const shift of [0, 1, 2, 3]) {
      const r = correlation(x.subarray(shift), y.subarray(0, N - shift));
      expect(Math.abs(r)).toBeLessThan(4 / Math.sqrt(N));
    }
  });

  test('are not correlated with those before them', () => {
    const x = drawn(N, [3, 3], 0);
    for (const lag of [1, 2, 3, 4, 32, 128]) {
      expect(Math.abs(correlation(x.subarray(lag), x.subarray(0, N - lag)))).toBeLessThan(4 / Math.sqrt(N));
    }
  });
});
