import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { expectClose, liveTensors } from '../support/check.js';
import * as naive from '../support/naive.js';
import { type Random, randomSource } from '../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

const seeds = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

/** What a function returns with SIMD instructions, and on a machine without them. */
function withAndWithoutSimd<T>(fn: () => T): [simd: T, plain: T] {
  const simd = fn();
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  try {
    return [simd, fn()];
  } finally {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  }
}

/** The numbers that a kernel computes. Checks that it leaks nothing. */
function run(name: string, inputs: Record<string, tf.Tensor>, attrs: object): number[] {
  const before = liveTensors();
  const result = tf.engine().runKernel(name, inputs as never, attrs as never) as tf.Tensor;
  const values = [...result.dataSync()];
  result.dispose();
  expect(liveTensors()).toEqual(before);
  return values;
}

describe("a convolution's filter gradient", () => {
  function filterGradient(x: number[], dy: number[], outChannels: number, g: naive.Geometry): number[] {
    const [, height, width] = g.input;
    const [, outHeight, outWidth] = naive.outputSize(g);
    return tf.tidy(() => {
      const inputs = {
        x: tf.tensor4d(x, [g.batch, height, width, g.channels]),
        dy: tf.tensor4d(dy, [g.batch, outHeight, outWidth, outChannels]),
      };
      const filterShape = [g.filter[1], g.filter[2], g.channels, outChannels];
      const strides = [g.stride[1], g.stride[2]];
      return run('Conv2DBackpropFilter', inputs, { strides, pad: g.pad, dataFormat: 'NHWC', filterShape });
    });
  }

  function randomConvolution({ integer, pick }: Random): naive.Geometry {
    const filter: naive.Triple = [1, integer(1, 4), integer(1, 5)];
    const input: naive.Triple = [1, integer(filter[1], 9), integer(filter[2], 9)];
    const stride: naive.Triple = [1, integer(1, 3), integer(1, 3)];
    return { batch: integer(1, 3), channels: integer(1, 6), input, filter, stride, pad: pick(['valid', 'same']) };
  }

  test.each(seeds(1000, 40))('is that of the formula, with and without SIMD, case %i', (seed) => {
    const random = randomSource(seed);
    const g = randomConvolution(random);
    // Blocks of eight and of four channels, and channels by themselves.
    const outChannels = random.integer(1, 23);
    const x = random.normals(g.batch * naive.product(g.input) * g.channels);
    const dy = random.normals(g.batch * naive.product(naive.outputSize(g)) * outChannels);
    const expected = naive.convFilterGradient(x, dy, outChannels, g);
    const [simd, plain] = withAndWithoutSimd(() => filterGradient(x, dy, outChannels, g));
    expectClose(simd, expected, 'with SIMD');
    expectClose(plain, expected, 'without');
  });

  test.each([1, 2, 3, 5])('with a padding of %i on all sides, also wider than the filter', (pad) => {
    const random = randomSource(pad);
    const g: naive.Geometry = { batch: 2, channels: 2, input: [1, 4, 4], filter: [1, 3, 3], stride: [1, 2, 2], pad };
    const x = random.normals(64);
    const dy = random.normals(g.batch * naive.product(naive.outputSize(g)) * 9);
    expectClose(filterGradient(x, dy, 9, g), naive.convFilterGradient(x, dy, 9, g), 'gradient');
  });

  test('is NaN where NaN comes in, and only there', () => {
    const g: naive.Geometry = {
      batch: 1,
      channels: 1,
      input: [1, 4, 4],
      filter: [1, 2, 2],
      stride: [1, 1, 1],
      pad: 'valid',
    };
    const ones = (count: number) => new Array<number>(count).fill(1);
    const channels = 13;
    // In one channel of the last position; then in the first number, which only the filter's first tap sees.
    for (const [channel, block] of [
      [12, 'alone'],
      [9, 'in four'],
      [3, 'in eight'],
    ] as const) {
      const gradient = filterGradient(
        ones(16),
        ones(9 * channels).with(8 * channels + channel, Number.NaN),
        channels,
        g,
      );
      expect(gradient, block).toEqual(gradient.map((_, i) => (i % channels === channel ? Number.NaN : 9)));
    }
    const gradient = filterGradient(ones(16).with(0, Number.NaN), ones(9 * channels), channels, g);
    expect(gradient).toEqual(gradient.map((_, i) => (i < channels ? Number.NaN : 9)));
  });

  test('loses few digits to rounding over many images', () => {
    const random = randomSource(7);
    const g: naive.Geometry = {
      batch: 300,
      channels: 1,
      input: [1, 16, 16],
      filter: [1, 1, 1],
      stride: [1, 1, 1],
      pad: 'valid',
    };
    const positive = (count: number) => random.normals(count).map((n) => Math.fround(n * n));
    const [x, dy] = [positive(300 * 256), positive(300 * 256)];
    const [expected] = naive.convFilterGradient(x, dy, 1, g) as [number];
    const [gradient] = filterGradient(x, dy, 1, g) as [number];
    // One float32 sum over all 76,800 positions is 1e-5 off.
    expect(Math.abs(gradient / expected - 1)).toBeLessThan(2e-6);
  });
});

describe('max pooling', () => {
  /** Few different numbers, so that many are equal; now and then NaN or an infinity. */
  const numbers = ({ pick }: Random, count: number) =>
    Array.from({ length: count }, () =>
      pick([-2, -1, 0, 1, 2, Number.NaN, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]),
    );

  function randomPooling({ integer, pick }: Random, dimensions: 2 | 3): naive.Geometry {
    const depth = (n: number) => (dimensions === 3 ? n : 1);
    const filter: naive.Triple = [depth(integer(1, 3)), integer(1, 4), integer(1, 4)];
    const input = filter.map((n, axis) => (axis === 0 ? depth(integer(n, 5)) : integer(n, 9))) as naive.Triple;
    const stride: naive.Triple = [depth(integer(1, 3)), integer(1, 5), integer(1, 5)];
    // Half of them side by side, as most poolings are.
    const g = { batch: integer(1, 3), channels: integer(1, 9), input, filter, pad: pick(['valid', 'same'] as const) };
    return { ...g, stride: pick([stride, filter]) };
  }

  /** Values and gradient by the kernels, and by the formula. */
  function checkPooling(x: number[], g: naive.Geometry, dimensions: 2 | 3, random: Random): void {
    const spatial = <T>(triple: readonly T[]) => triple.slice(3 - dimensions);
    const choices = naive.maxPoolChoices(x, g);
    // Whole numbers, whose sums are exact in any order.
    const slopes = choices.map(() => random.integer(-9, 9));
    const expected = new Array<number>(x.length).fill(0);
    choices.forEach((index, i) => {
      if (index !== undefined) (expected[index] as number) += slopes[i] as number;
    });
    const suffix = dimensions === 3 ? '3D' : '';
    const attrs = { filterSize: spatial(g.filter), strides: spatial(g.stride), pad: g.pad };
    for (const [values, gradient] of withAndWithoutSimd(() =>
      tf.tidy(() => {
        const input = tf.tensor(x, [g.batch, ...spatial(g.input), g.channels]);
        const values = run(`MaxPool${suffix}`, { x: input }, attrs);
        const shape = [g.batch, ...spatial(naive.outputSize(g)), g.channels];
        const [dy, output] = [tf.tensor(slopes, shape), tf.tensor(values, shape)];
        return [values, run(`MaxPool${suffix}Grad`, { dy, input, output }, attrs)];
      }),
    )) {
      expect(values).toEqual(choices.map((index) => (index === undefined ? Number.NaN : x[index])));
      // Zeros of either sign are equal.
      expect(gradient?.map((n) => n + 0)).toEqual(expected.map((n) => n + 0));
    }
  }

  test.each(seeds(2000, 60))('takes and rewards the first largest number, ties and NaN among them, case %i', (seed) => {
    const random = randomSource(seed);
    const dimensions = seed % 3 === 0 ? 3 : 2;
    const g = randomPooling(random, dimensions);
    checkPooling(numbers(random, g.batch * naive.product(g.input) * g.channels), g, dimensions, random);
  });

  test.each([1, 2, 3])('with a padding of %i, beyond which windows of two have no cell', (pad) => {
    const random = randomSource(pad);
    const g: naive.Geometry = { batch: 2, channels: 5, input: [1, 3, 5], filter: [1, 2, 2], stride: [1, 2, 2], pad };
    checkPooling(numbers(random, 150), g, 2, random);
  });
});

test('max pooling of whole numbers gives whole numbers', () => {
  tf.tidy(() => {
    const y = tf.maxPool(tf.tensor4d([1, 7, 3, -2], [1, 2, 2, 1], 'int32'), 2, 2, 'valid');
    expect([y.dtype, ...y.dataSync()]).toEqual(['int32', 7]);
  });
});
