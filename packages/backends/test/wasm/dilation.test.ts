import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients, expectClose } from '../support/check.js';
import { randomDilated, withZeros } from '../support/dilation.js';
import * as naive from '../support/naive.js';
import { randomSource } from '../support/random.js';

beforeAll(async () => {
  // This registers TensorFlow.js's own gradients, which reject dilations.
  await import('@tensorflow/tfjs-layers');
  await useBackend('wasm');
});

const seeds = Array.from({ length: 15 }, (_, i) => 900 + i);

describe('a dilated convolution is the plain one with zeros between the values of the filter, forward and backward', () => {
  test.each(seeds)('conv2d, case %i', (seed) => {
    const random = randomSource(seed);
    const d = randomDilated(random, 2);
    const { batch, channels, input, pad } = d.plain;
    const out = random.integer(1, 3);
    checkOpAndGradients(
      {
        shapes: [
          [batch, input[1], input[2], channels],
          [d.filter[1], d.filter[2], channels, out],
        ],
        op: (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, pad, 'NHWC', [d.dilation[1], d.dilation[2]]),
        naive: (x, f) => naive.conv(x as number[], withZeros(f as number[], d, channels * out), out, d.plain),
      },
      random,
    );
  });

  test.each(seeds)('depthwiseConv2d, case %i', (seed) => {
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
        op: (x, f) =>
          tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, pad as 'same', 'NHWC', [
            d.dilation[1],
            d.dilation[2],
          ]),
        naive: (x, f) =>
          naive.depthwise(x as number[], withZeros(f as number[], d, channels * multiplier), multiplier, d.plain),
      },
      random,
    );
  });

  test.each(seeds)('conv3d, case %i', (seed) => {
    const random = randomSource(seed);
    const d = randomDilated(random, 3);
    const { batch, channels, input, pad } = d.plain;
    const out = random.integer(1, 2);
    checkOpAndGradients(
      {
        shapes: [
          [batch, ...input, channels],
          [...d.filter, channels, out],
        ],
        op: (x, f) => tf.conv3d(x as tf.Tensor5D, f as tf.Tensor5D, 1, pad as 'same', 'NDHWC', d.dilation),
        naive: (x, f) => naive.conv(x as number[], withZeros(f as number[], d, channels * out), out, d.plain),
      },
      random,
    );
  });
});

test("the kernels of a depthwise convolution's gradients accept a dilation", () => {
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
