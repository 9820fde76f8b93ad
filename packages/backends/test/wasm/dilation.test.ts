import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { useBackend } from '../../src/index.js';
import { checkOpAndGradients, expectClose } from './check.js';
import * as naive from './naive.js';
import { type Random, randomSource } from './random.js';

beforeAll(async () => {
  // This brings TensorFlow.js's own gradients, which refuse dilation.
  await import('@tensorflow/tfjs-layers');
  await useBackend('wasm');
});

interface Dilated {
  /** The geometry as if the filter had zeros between its values. */
  wide: naive.Geometry;
  filter: naive.Triple;
  dilation: naive.Triple;
}

function randomDilated({ integer, pick }: Random, dimensions: 2 | 3): Dilated {
  const triple = (high: number) =>
    [0, 1, 2].map((axis) => (dimensions === 2 && axis === 0 ? 1 : integer(1, high))) as naive.Triple;
  const filter = triple(3);
  const dilation = triple(3);
  const wide = filter.map((n, axis) => (n - 1) * naive.at(dilation, axis) + 1) as naive.Triple;
  const input = wide.map((n, axis) => (dimensions === 2 && axis === 0 ? 1 : integer(n, n + 2))) as naive.Triple;
  const pad = pick(['valid', 'same'] as const);
  return {
    wide: { batch: integer(1, 3), channels: integer(1, 3), input, filter: wide, stride: [1, 1, 1], pad },
    filter,
    dilation,
  };
}

/** The filter's values with zeros between them; each tap has `inner` values. */
function widened(values: number[], { filter, dilation, wide }: Dilated, inner: number): number[] {
  const result = new Array<number>(naive.product(wide.filter) * inner).fill(0);
  for (let z = 0, from = 0; z < filter[0]; z++)
    for (let y = 0; y < filter[1]; y++)
      for (let x = 0; x < filter[2]; x++)
        for (let i = 0; i < inner; i++, from++) {
          const row = z * dilation[0] * wide.filter[1] + y * dilation[1];
          result[(row * wide.filter[2] + x * dilation[2]) * inner + i] = naive.at(values, from);
        }
  return result;
}

const seeds = Array.from({ length: 15 }, (_, i) => 900 + i);

describe('a dilated convolution is one by the filter with zeros between its values, forward and backward', () => {
  test.each(seeds)('conv2d, case %i', (seed) => {
    const random = randomSource(seed);
    const d = randomDilated(random, 2);
    const { batch, channels, input, pad } = d.wide;
    const out = random.integer(1, 3);
    checkOpAndGradients(
      {
        shapes: [
          [batch, input[1], input[2], channels],
          [d.filter[1], d.filter[2], channels, out],
        ],
        op: (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, pad, 'NHWC', [d.dilation[1], d.dilation[2]]),
        naive: (x, f) => naive.conv(x as number[], widened(f as number[], d, channels * out), out, d.wide),
      },
      random,
    );
  });

  test.each(seeds)('depthwiseConv2d, case %i', (seed) => {
    const random = randomSource(seed);
    const d = randomDilated(random, 2);
    const { batch, channels, input, pad } = d.wide;
    const multiplier = random.integer(1, 2);
    checkOpAndGradients(
      {
        shapes: [
          [batch, input[1], input[2], channels],
          [d.filter[1], d.filter[2], channels, multiplier],
        ],
        op: (x, f) =>
          tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, pad as 'same', 'NHWC', [
            d.dilation[1],
            d.dilation[2],
          ]),
        naive: (x, f) =>
          naive.depthwise(x as number[], widened(f as number[], d, channels * multiplier), multiplier, d.wide),
      },
      random,
    );
  });

  test.each(seeds)('conv3d, case %i', (seed) => {
    const random = randomSource(seed);
    const d = randomDilated(random, 3);
    const { batch, channels, input, pad } = d.wide;
    const out = random.integer(1, 2);
    checkOpAndGradients(
      {
        shapes: [
          [batch, ...input, channels],
          [...d.filter, channels, out],
        ],
        op: (x, f) => tf.conv3d(x as tf.Tensor5D, f as tf.Tensor5D, 1, pad as 'same', 'NDHWC', d.dilation),
        naive: (x, f) => naive.conv(x as number[], widened(f as number[], d, channels * out), out, d.wide),
      },
      random,
    );
  });
});

test("the kernels of a depthwise convolution's slopes take a dilation themselves", () => {
  const random = randomSource(990);
  const of = (...shape: number[]) => tf.tensor(random.normals(naive.product(shape)), shape);
  tf.tidy(() => {
    const [x, filter, dy] = [of(2, 6, 5, 2), of(2, 2, 2, 2), of(2, 4, 4, 4)];
    const f = (a: tf.Tensor, b: tf.Tensor) =>
      tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'valid', 'NHWC', [2, 1]);
    const [dx, dFilter] = tf.grads(f as (...inputs: tf.Tensor[]) => tf.Tensor)([x, filter], dy) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const attributes = {
      strides: [1, 1],
      pad: 'valid',
      dilations: [2, 1],
      inputShape: x.shape,
      filterShape: filter.shape,
    };
    const run = (name: string, inputs: Record<string, tf.Tensor>) =>
      tf.engine().runKernel(name, inputs, attributes) as tf.Tensor;
    expectClose(run('DepthwiseConv2dNativeBackpropInput', { dy, filter }).dataSync(), dx.dataSync(), 'input');
    expectClose(run('DepthwiseConv2dNativeBackpropFilter', { x, dy }).dataSync(), dFilter.dataSync(), 'filter');
  });
});
