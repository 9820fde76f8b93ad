import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { convolution } from '../../src/tensorflow/convolutions.js';
import { checkOpAndGradients, expectClose, liveTensors } from '../support/check.js';
import { randomDilated, withZeros } from '../support/dilation.js';
import * as naive from '../support/naive.js';
import { type Random, randomSource } from '../support/random.js';
import { describeTensorFlow } from '../support/tensorflow.js';

type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;

/**
 * A random window over two axes. A number as padding is for square ones: TensorFlow.js reads the height's sizes alone.
 */
function geometry({ integer, pick }: Random): naive.Geometry {
  const pad = pick(['valid', 'same', 1, 2] as const);
  const [rows, columns] = [integer(2, 3), integer(1, 3)];
  const [down, right] = [integer(1, 3), integer(1, 3)];
  const square = typeof pad === 'number';
  return {
    batch: integer(1, 2),
    channels: integer(1, 3),
    input: [1, integer(4, 7), integer(4, 7)],
    filter: [1, rows, square ? rows : columns],
    stride: [1, down, square ? down : right],
    pad,
  };
}

const seeds = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
const image = (g: naive.Geometry) => [g.batch, g.input[1], g.input[2], g.channels];
const pair = ([, height, width]: naive.Triple): [number, number] => [height, width];

describeTensorFlow('outputs and gradients equal the formula and its finite differences', () => {
  beforeAll(async () => {
    await useBackend('tensorflow');
  });

  describe.each(['NHWC', 'NCHW'] as const)('conv2d, %s', (layout) => {
    test.each(seeds(100, 12))('case %i', (seed) => {
      const random = randomSource(seed);
      const g = geometry(random);
      const outChannels = random.integer(1, 3);
      const conv = (x: tf.Tensor, f: tf.Tensor) => tf.conv2d(x as T4, f as T4, pair(g.stride), g.pad, layout);
      checkOpAndGradients(
        {
          shapes: [image(g), [...pair(g.filter), g.channels, outChannels]],
          op: (x, f) =>
            layout === 'NHWC'
              ? conv(x as T4, f as T4)
              : tf.transpose(conv(tf.transpose(x as T4, [0, 3, 1, 2]), f as T4), [0, 2, 3, 1]),
          naive: (x, f) => naive.conv(x as number[], f as number[], outChannels, g),
        },
        random,
      );
    });
  });

  test.each(seeds(200, 8))('depthwiseConv2d, case %i', (seed) => {
    const random = randomSource(seed);
    const any = geometry(random);
    // TensorFlow's has one stride for both axes.
    const g = { ...any, stride: [1, any.stride[1], any.stride[1]] as naive.Triple };
    const multiplier = random.integer(1, 3);
    checkOpAndGradients(
      {
        shapes: [image(g), [...pair(g.filter), g.channels, multiplier]],
        op: (x, f) => tf.depthwiseConv2d(x as T4, f as T4, pair(g.stride), g.pad),
        naive: (x, f) => naive.depthwise(x as number[], f as number[], multiplier, g),
      },
      random,
    );
  });

  test.each(seeds(300, 16))('maxPool and avgPool, case %i', (seed) => {
    const random = randomSource(seed);
    const any = geometry(random);
    // Padding is less than a window.
    const g = any.pad === 2 && any.filter[1] === 2 ? { ...any, pad: 1 } : any;
    const pools = [
      [tf.maxPool, naive.maxPool],
      [tf.avgPool, naive.avgPool],
    ] as const;
    for (const [pool, formula] of pools) {
      checkOpAndGradients(
        {
          shapes: [image(g)],
          op: (x) => pool(x as T4, pair(g.filter), pair(g.stride), g.pad),
          naive: (x) => formula(x as number[], g),
        },
        random,
      );
    }
  });

  test.each([1, 2])('maxPool3d and avgPool3d with a padding of %i', (pad) => {
    const random = randomSource(pad);
    const x = tf.tensor(random.normals(4 ** 3), [1, 4, 4, 4, 1]) as T5;
    const wide = tf.pad(x, [[0, 0], ...[1, 2, 3].map((): [number, number] => [pad, pad]), [0, 0]]) as T5;
    const ones = tf.pad(tf.ones(x.shape), [[0, 0], ...[1, 2, 3].map((): [number, number] => [pad, pad]), [0, 0]]) as T5;
    const sums = tf.avgPool3d(wide, 3, 1, 'valid');
    const cells = tf.avgPool3d(ones, 3, 1, 'valid');
    const means = tf.avgPool3d(x, 3, 1, pad).dataSync();
    tf.div(sums, cells)
      .dataSync()
      .forEach((mean, i) => {
        expect(means[i]).toBeCloseTo(mean, 5);
      });
    // Above the zeros of the padding, it can be told from the largest value.
    const positive = tf.add(x, 10) as T5;
    const among = tf.pad(positive, [[0, 0], ...[1, 2, 3].map((): [number, number] => [pad, pad]), [0, 0]]) as T5;
    expect(tf.maxPool3d(positive, 3, 1, pad).dataSync()).toEqual(tf.maxPool3d(among, 3, 1, 'valid').dataSync());
    expect(Math.max(...tf.maxPool3d(tf.sub(x, 100) as T5, 3, 1, pad).dataSync())).toBeLessThan(-90);
  });

  test('a dilated conv3d is the plain one with zeros between the values of the filter', () => {
    const random = randomSource(7);
    const x = tf.tensor(random.normals(5 ** 3 * 2), [1, 5, 5, 5, 2]) as T5;
    const filter = tf.tensor(random.normals(2 ** 3 * 2), [2, 2, 2, 2, 1]) as T5;
    const zeros = tf.buffer([3, 3, 3, 2, 1]);
    const values = filter.arraySync();
    for (const z of [0, 1])
      for (const row of [0, 1])
        for (const column of [0, 1])
          for (const c of [0, 1]) {
            zeros.set(values[z]?.[row]?.[column]?.[c]?.[0] as number, 2 * z, 2 * row, 2 * column, c, 0);
          }
    const dilated = tf.conv3d(x, filter, 1, 'valid', 'NDHWC', 2).dataSync();
    const plain = tf.conv3d(x, zeros.toTensor() as T5, 1, 'valid').dataSync();
    dilated.forEach((value, i) => {
      expect(value).toBeCloseTo(plain[i] as number, 5);
    });
  });
});

describeTensorFlow('a dilated depthwise convolution', () => {
  beforeAll(async () => {
    await useBackend('tensorflow');
  });

  test.each(seeds(400, 15))('and its gradients are the formula with zeros between the values, case %i', (seed) => {
    const random = randomSource(seed);
    const d = randomDilated(random, 2);
    const { batch, channels, input, pad } = d.plain;
    const multiplier = random.integer(1, 2);
    checkOpAndGradients(
      {
        shapes: [
          [batch, input[1], input[2], channels],
          [d.filter[1], d.filter[2], channels, multiplier],
        ],
        op: (x, f) => tf.depthwiseConv2d(x as T4, f as T4, 1, pad as 'same', 'NHWC', [d.dilation[1], d.dilation[2]]),
        naive: (x, f) =>
          naive.depthwise(x as number[], withZeros(f as number[], d, channels * multiplier), multiplier, d.plain),
      },
      random,
    );
  });

  const random = randomSource(7);
  const X = random.normals(2 * 7 * 6 * 2);
  const FILTER = random.normals(2 * 3 * 2 * 2);
  const DY = random.normals(2 * 7 * 6 * 4);
  const inputs = () => ({
    x: tf.tensor(X, [2, 7, 6, 2]) as T4,
    filter: tf.tensor(FILTER, [2, 3, 2, 2]) as T4,
    dy: tf.tensor(DY, [2, 7, 6, 4]) as T4,
  });
  const op = (x: tf.Tensor, filter: tf.Tensor) => tf.depthwiseConv2d(x as T4, filter as T4, 1, 'same', 'NHWC', [3, 2]);

  /** The output and the gradients of input and filter, on the current backend. */
  const numbers = () =>
    tf.tidy(() => {
      const { x, filter, dy } = inputs();
      const gradients = tf.grads(op as (...all: tf.Tensor[]) => tf.Tensor)([x, filter], dy);
      return [op(x, filter), ...gradients].map((tensor) => tensor.dataSync());
    });

  test.each(['wasm', 'cpu'] as const)(
    'computes the numbers of %s, forward and backward, and leaks nothing',
    async (other) => {
      const before = liveTensors();
      const actual = numbers();
      expect(liveTensors()).toEqual(before);
      await useBackend(other);
      const expected = numbers();
      await useBackend('tensorflow');
      for (const [i, name] of ['output', 'gradient of the input', 'gradient of the filter'].entries()) {
        expectClose(actual[i] as Float32Array, expected[i] as Float32Array, name);
      }
    },
  );

  test('has gradient kernels that accept a dilation', () => {
    const [, dx, dFilter] = numbers();
    tf.tidy(() => {
      const { x, filter, dy } = inputs();
      const shapes = { inputShape: x.shape, filterShape: filter.shape };
      const attributes = { strides: [1, 1], pad: 'same', dilations: [3, 2], ...shapes };
      const run = (name: string, tensors: Record<string, tf.Tensor>) =>
        (tf.engine().runKernel(`DepthwiseConv2dNativeBackprop${name}`, tensors, attributes) as tf.Tensor).dataSync();
      expectClose(run('Input', { dy, filter }), dx as Float32Array, 'gradient of the input');
      expectClose(run('Filter', { x, dy }), dFilter as Float32Array, 'gradient of the filter');
    });
  });

  test('can be fused with bias and activation', () => {
    tf.tidy(() => {
      const { x, filter } = inputs();
      const bias = tf.tensor1d([0.5, -0.5, 1, -1]);
      const options = { x, filter, strides: 1, pad: 'same' as const, dilations: [3, 2] as [number, number] };
      const fused = tf.fused.depthwiseConv2d({ ...options, bias, activation: 'relu' });
      expectClose(fused.dataSync(), tf.relu(tf.add(op(x, filter), bias)).dataSync(), 'output');
    });
  });

  test.each([
    ['on the CPU with a dilated filter', false, [1, 1, 1, 1], [4, 5, 2, 2]],
    ['on a GPU by TensorFlow', true, [1, 3, 2, 1], [2, 3, 2, 2]],
  ] as const)('is computed %s', (_, isUsingGpuDevice, dilations, filterShape) => {
    const execute = vi.fn((_name: string, _attributes: { name: string; value: unknown }[], [x]: tf.Tensor[]) => x);
    const backend = Object.create(tf.backend(), {
      isUsingGpuDevice: { value: isUsingGpuDevice },
      executeSingleOutput: { value: execute },
    });
    tf.tidy(() => {
      const { x, filter } = inputs();
      const attrs = { strides: 1, pad: 'same', dilations: [3, 2] as [number, number] } as const;
      convolution('DepthwiseConv2dNative')({ inputs: { x, filter }, backend, attrs });
    });
    const [name, attributes, [, filter]] = execute.mock.lastCall as unknown as Parameters<typeof execute>;
    expect(name).toBe('DepthwiseConv2dNative');
    expect(attributes).toContainEqual(expect.objectContaining({ name: 'dilations', value: dilations }));
    expect(filter?.shape).toEqual(filterShape);
  });
});

describeTensorFlow('a fused convolution', () => {
  test.each([undefined, 'relu', 'prelu', 'leakyrelu', 'elu', 'relu6', 'sigmoid', 'linear'] as const)(
    'with channels first is the one with channels last, activation %s',
    async (activation) => {
      await useBackend('tensorflow');
      const random = randomSource(3);
      const x = tf.tensor(random.normals(4 * 5 * 2), [1, 4, 5, 2]) as T4;
      const filter = tf.tensor(random.normals(2 * 2 * 2 * 3), [2, 2, 2, 3]) as T4;
      const bias = tf.tensor1d(random.normals(3));
      const alpha = tf.tensor1d([0.1, 0.2, 0.3]);
      const options = { filter, strides: 1, pad: 1, bias, leakyreluAlpha: 0.3 };
      const more = {
        ...(activation && { activation }),
        ...(activation === 'prelu' && { preluActivationWeights: alpha }),
      };
      const last = tf.fused.conv2d({ x, ...options, ...more });
      const first = tf.fused.conv2d({ x: tf.transpose(x, [0, 3, 1, 2]), dataFormat: 'NCHW', ...options, ...more });
      const moved = tf.transpose(first, [0, 2, 3, 1]).dataSync();
      last.dataSync().forEach((value, i) => {
        expect(moved[i]).toBeCloseTo(value, 6);
      });
    },
  );
});
