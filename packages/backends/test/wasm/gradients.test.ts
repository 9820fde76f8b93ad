import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients } from '../support/check.js';
import * as naive from '../support/naive.js';
import { type Random, randomSource } from '../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

/** A random convolution or pooling with at least one window; 2-D ones have a depth of 1. */
function randomGeometry(random: Random, dimensions: 2 | 3, pads: readonly naive.Padding[]): naive.Geometry {
  const { integer, pick } = random;
  const triple = (low: number, high: number): naive.Triple => [
    dimensions === 3 ? integer(low, high) : 1,
    integer(low, high),
    integer(low, high),
  ];
  const filter = triple(1, dimensions === 3 ? 3 : 4);
  const longest = dimensions === 3 ? 4 : 7;
  const input = filter.map((n, i) => (dimensions === 2 && i === 0 ? 1 : integer(n, longest))) as naive.Triple;
  const stride = triple(1, 3);
  // With a number as padding, TensorFlow.js takes the height's filter and stride for the width as well.
  const square = filter[1] === filter[2] && stride[1] === stride[2] && filter[1] > 1;
  const pad = pick(pads.filter((p) => typeof p !== 'number' || square));
  return { batch: integer(1, 3), channels: integer(1, 3), input, filter, stride, pad };
}

const cases = (seed: number, count: number) => Array.from({ length: count }, (_, i) => seed + i);
const pads2D = ['valid', 'same', 1] as const;
const pads3D = ['valid', 'same'] as const;

type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;

describe('outputs and gradients equal the formula and its finite differences', () => {
  test.each(cases(100, 30))('conv2d, case %i', (seed) => {
    const random = randomSource(seed);
    const g = randomGeometry(random, 2, pads2D);
    const outChannels = random.integer(1, 4);
    checkOpAndGradients(
      {
        shapes: [
          [g.batch, g.input[1], g.input[2], g.channels],
          [g.filter[1], g.filter[2], g.channels, outChannels],
        ],
        op: (x, f) => tf.conv2d(x as T4, f as T4, [g.stride[1], g.stride[2]], g.pad),
        naive: (x, f) => naive.conv(x as number[], f as number[], outChannels, g),
      },
      random,
    );
  });

  test.each(cases(150, 8))('conv2d with channels first, case %i', (seed) => {
    const random = randomSource(seed);
    const g = { ...randomGeometry(random, 2, ['valid', 'same']), channels: 1 };
    checkOpAndGradients(
      {
        // With one channel in and out, both layouts hold the same numbers in the same order.
        shapes: [
          [g.batch, 1, g.input[1], g.input[2]],
          [g.filter[1], g.filter[2], 1, 1],
        ],
        op: (x, f) => tf.conv2d(x as T4, f as T4, [g.stride[1], g.stride[2]], g.pad, 'NCHW'),
        naive: (x, f) => naive.conv(x as number[], f as number[], 1, g),
      },
      random,
    );
  });

  test.each(cases(200, 15))('depthwiseConv2d, case %i', (seed) => {
    const random = randomSource(seed);
    const g = randomGeometry(random, 2, pads2D);
    const multiplier = random.integer(1, 3);
    checkOpAndGradients(
      {
        shapes: [
          [g.batch, g.input[1], g.input[2], g.channels],
          [g.filter[1], g.filter[2], g.channels, multiplier],
        ],
        op: (x, f) => tf.depthwiseConv2d(x as T4, f as T4, [g.stride[1], g.stride[2]], g.pad),
        naive: (x, f) => naive.depthwise(x as number[], f as number[], multiplier, g),
      },
      random,
    );
  });

  test.each(cases(300, 15))('conv3d, case %i', (seed) => {
    const random = randomSource(seed);
    const g = randomGeometry(random, 3, pads3D);
    const outChannels = random.integer(1, 3);
    checkOpAndGradients(
      {
        shapes: [
          [g.batch, ...g.input, g.channels],
          [...g.filter, g.channels, outChannels],
        ],
        op: (x, f) => tf.conv3d(x as T5, f as T5, g.stride, g.pad as 'valid' | 'same'),
        naive: (x, f) => naive.conv(x as number[], f as number[], outChannels, g),
      },
      random,
    );
  });

  test.each(cases(400, 20))('maxPool and avgPool, case %i', (seed) => {
    const random = randomSource(seed);
    const g = randomGeometry(random, 2, pads2D);
    const shapes = [[g.batch, g.input[1], g.input[2], g.channels]];
    const filter: [number, number] = [g.filter[1], g.filter[2]];
    const stride: [number, number] = [g.stride[1], g.stride[2]];
    checkOpAndGradients(
      { shapes, op: (x) => tf.maxPool(x as T4, filter, stride, g.pad), naive: (x) => naive.maxPool(x as number[], g) },
      random,
    );
    checkOpAndGradients(
      { shapes, op: (x) => tf.avgPool(x as T4, filter, stride, g.pad), naive: (x) => naive.avgPool(x as number[], g) },
      random,
    );
  });

  test.each(cases(500, 12))('maxPool3d and avgPool3d, case %i', (seed) => {
    const random = randomSource(seed);
    const g = randomGeometry(random, 3, pads3D);
    const shapes = [[g.batch, ...g.input, g.channels]];
    const pad = g.pad as 'valid' | 'same';
    checkOpAndGradients(
      {
        shapes,
        op: (x) => tf.maxPool3d(x as T5, g.filter, g.stride, pad),
        naive: (x) => naive.maxPool(x as number[], g),
      },
      random,
    );
    checkOpAndGradients(
      {
        shapes,
        op: (x) => tf.avgPool3d(x as T5, g.filter, g.stride, pad),
        naive: (x) => naive.avgPool(x as number[], g),
      },
      random,
    );
  });

  test.each(cases(600, 16))('matMul with every mix of transposed and stacked operands, case %i', (seed) => {
    const random = randomSource(seed);
    const [n, k, m] = [random.integer(1, 6), random.integer(1, 6), random.integer(1, 6)];
    const stack = random.integer(2, 3);
    const [stackA, stackB] = random.pick([
      [1, 1],
      [stack, stack],
      [1, stack],
      [stack, 1],
    ]);
    const [tA, tB] = [seed % 2 === 0, seed % 4 < 2];
    const shape = (s: number, rows: number, columns: number) =>
      stackA === 1 && stackB === 1 ? [rows, columns] : [s, rows, columns];
    checkOpAndGradients(
      {
        shapes: [tA ? shape(stackA, k, n) : shape(stackA, n, k), tB ? shape(stackB, m, k) : shape(stackB, k, m)],
        op: (a, b) => tf.matMul(a, b, tA, tB),
        naive: (a, b) => {
          const plainA = tA ? naive.transposed(a as number[], k, n) : (a as number[]);
          const plainB = tB ? naive.transposed(b as number[], m, k) : (b as number[]);
          return naive.matMul(plainA, plainB, stackA, stackB, [n, k, m]);
        },
      },
      random,
    );
  });

  test.each(cases(700, 6))('gather, whose gradient sums segments, case %i', (seed) => {
    const random = randomSource(seed);
    const [rows, inner] = [random.integer(2, 6), random.integer(1, 4)];
    const ids = Array.from({ length: random.integer(1, 9) }, () => random.integer(0, rows - 1));
    checkOpAndGradients(
      {
        shapes: [[rows, inner]],
        op: (x) => tf.gather(x, tf.tensor1d(ids, 'int32')),
        naive: (x) => ids.flatMap((id) => (x as number[]).slice(id * inner, (id + 1) * inner)),
      },
      random,
    );
  });

  test.each([
    [[4, 3], [0]],
    [[4, 3], [1]],
    [
      [4, 3],
      [0, 1],
    ],
    [
      [2, 3, 4],
      [0, 1],
    ],
    [
      [2, 3, 4],
      [1, 2],
    ],
    [[2, 3, 4], [1]],
    [
      [2, 3, 4],
      [0, 2],
    ],
  ])('sum of %j over axes %j', (shape, axes) => {
    const kept = shape.map((n, i) => (axes.includes(i) ? 1 : n));
    checkOpAndGradients(
      {
        shapes: [shape],
        op: (x) => tf.sum(x, axes),
        naive: (x) => {
          const sums = new Array<number>(naive.product(kept)).fill(0);
          (x as number[]).forEach((value, i) => {
            let to = 0;
            let rest = i;
            let step = 1;
            for (let axis = shape.length - 1; axis >= 0; axis--) {
              const n = shape[axis] as number;
              if (!axes.includes(axis)) {
                to += (rest % n) * step;
                step *= n;
              }
              rest = Math.floor(rest / n);
            }
            (sums[to] as number) += value;
          });
          return sums;
        },
      },
      randomSource(800),
    );
  });

  test.each([
    [[5], [1], [3]],
    [
      [4, 5],
      [1, 0],
      [2, 5],
    ],
    [
      [4, 5],
      [0, 2],
      [4, 2],
    ],
    [
      [3, 4, 40],
      [1, 1, 0],
      [2, 2, 40],
    ],
    [
      [2, 3, 4, 2],
      [0, 1, 1, 1],
      [2, 1, 2, 1],
    ],
  ])('slice of %j from %j, size %j', (shape, begin, size) => {
    checkOpAndGradients(
      {
        shapes: [shape],
        op: (x) => tf.slice(x, begin, size),
        naive: (x) =>
          (x as number[]).filter((_, i) => {
            let rest = i;
            return shape.reduceRight((inside, n, axis) => {
              const index = rest % n;
              rest = Math.floor(rest / n);
              const from = begin[axis] as number;
              return inside && index >= from && index < from + (size[axis] as number);
            }, true);
          }),
      },
      randomSource(900),
    );
  });

  test('clipByValue and relu6', () => {
    const clip = (low: number, high: number) => (x?: number[]) =>
      (x as number[]).map((v) => Math.min(Math.max(v, low), high));
    checkOpAndGradients(
      { shapes: [[7, 3]], op: (x) => tf.clipByValue(x, -0.5, 0.75), naive: clip(-0.5, 0.75) },
      randomSource(1),
    );
    checkOpAndGradients({ shapes: [[7, 3]], op: (x) => tf.relu6(x), naive: clip(0, 6) }, randomSource(2));
  });

  test.each([
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], []],
    [[], [2, 3]],
    [[4, 2, 3], [3]],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [
      [1, 2],
      [2, 1],
    ],
  ])('maximum and minimum of %j and %j', (shapeA, shapeB) => {
    const shape = tf.broadcastTo(tf.zeros(shapeA), tf.backend_util.assertAndGetBroadcastShape(shapeA, shapeB)).shape;
    const index = (own: number[], i: number) => {
      let rest = i;
      let to = 0;
      const steps = own.map((_, axis) => naive.product(own.slice(axis + 1)));
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const n = shape[axis] as number;
        const mine = axis - (shape.length - own.length);
        if (mine >= 0 && own[mine] !== 1) to += (rest % n) * (steps[mine] as number);
        rest = Math.floor(rest / n);
      }
      return to;
    };
    const fold = (choose: (...values: number[]) => number) => (a?: number[], b?: number[]) =>
      Array.from({ length: naive.product(shape) }, (_, i) =>
        choose(naive.at(a as number[], index(shapeA, i)), naive.at(b as number[], index(shapeB, i))),
      );
    const shapes = [shapeA, shapeB];
    checkOpAndGradients({ shapes, op: (a, b) => tf.maximum(a, b), naive: fold(Math.max) }, randomSource(3));
    checkOpAndGradients({ shapes, op: (a, b) => tf.minimum(a, b), naive: fold(Math.min) }, randomSource(4));
  });
});

test('a depthwise convolution with more padding than its filter reaches', () => {
  const g: naive.Geometry = { batch: 2, channels: 2, input: [1, 3, 3], filter: [1, 2, 2], stride: [1, 1, 1], pad: 3 };
  checkOpAndGradients(
    {
      shapes: [
        [2, 3, 3, 2],
        [2, 2, 2, 1],
      ],
      op: (x, f) => tf.depthwiseConv2d(x as T4, f as T4, 1, 3),
      naive: (x, f) => naive.depthwise(x as number[], f as number[], 1, g),
    },
    randomSource(43),
  );
});

test.each([1, 5])('a convolution of %i channels to more outputs than a window has values', (channels) => {
  const g: naive.Geometry = { batch: 3, channels, input: [1, 5, 4], filter: [1, 2, 2], stride: [1, 2, 1], pad: 'same' };
  const outChannels = 4 * channels + 1;
  checkOpAndGradients(
    {
      shapes: [
        [3, 5, 4, channels],
        [2, 2, channels, outChannels],
      ],
      op: (x, f) => tf.conv2d(x as T4, f as T4, [2, 1], 'same'),
      naive: (x, f) => naive.conv(x as number[], f as number[], outChannels, g),
    },
    randomSource(44),
  );
});

test('an input of a transposed convolution that is too large is used as far as the output reaches', () => {
  const y = tf.conv2dTranspose(tf.ones([1, 3, 3, 1]) as T4, tf.ones([2, 2, 1, 1]), [1, 2, 2, 1], 1, 'same');
  // Each of the four positions lies under the windows of itself and its left and upper neighbours.
  expect([...y.dataSync()]).toEqual([1, 2, 2, 4]);
});

test('channels first is the transpose of channels last, with several channels, forward and backward', () => {
  const random = randomSource(42);
  tf.tidy(() => {
    const x = tf.tensor4d(random.normals(2 * 3 * 4 * 5), [2, 3, 4, 5]);
    const filter = tf.tensor4d(random.normals(2 * 2 * 3 * 2), [2, 2, 3, 2]);
    const dy = tf.tensor4d(random.normals(2 * 2 * 4 * 5), [2, 2, 4, 5]);
    const toLast = (t: tf.Tensor) => tf.transpose(t, [0, 2, 3, 1]) as T4;
    const first = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as T4, b as T4, 1, 'same', 'NCHW');
    const last = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as T4, b as T4, 1, 'same');
    type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
    const [dx, dFilter] = tf.grads(first as Op)([x, filter], dy) as [tf.Tensor, tf.Tensor];
    const [dxLast, dFilterLast] = tf.grads(last as Op)([toLast(x), filter], toLast(dy)) as [tf.Tensor, tf.Tensor];
    expect(toLast(first(x, filter)).arraySync()).toEqual(last(toLast(x), filter).arraySync());
    expect(toLast(dx).arraySync()).toEqual(dxLast.arraySync());
    expect(dFilter.arraySync()).toEqual(dFilterLast.arraySync());
  });
});
