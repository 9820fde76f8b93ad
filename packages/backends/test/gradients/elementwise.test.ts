import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../src/node/index.js';
import { checkOpAndGradients } from '../support/check.js';
import { at } from '../support/naive.js';
import { randomSource } from '../support/random.js';

beforeAll(async () => {
  await useBackend('wasm');
});

type Unary = [op: (x: tf.Tensor) => tf.Tensor, formula: (x: number) => number];

const erf = (x: number) => {
  let sum = 0;
  let term = x;
  for (let n = 0; n < 60; n++) {
    sum += term / (2 * n + 1);
    term *= -(x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};

/** Functions whose domain is all numbers. */
const EVERYWHERE: Record<string, Unary> = {
  abs: [tf.abs, Math.abs],
  asinh: [tf.asinh, Math.asinh],
  atan: [tf.atan, Math.atan],
  clipByValue: [(x) => tf.clipByValue(x, -0.7, 0.4), (x) => Math.min(0.4, Math.max(-0.7, x))],
  cos: [tf.cos, Math.cos],
  cosh: [tf.cosh, Math.cosh],
  elu: [tf.elu, (x) => (x > 0 ? x : Math.expm1(x))],
  exp: [tf.exp, Math.exp],
  expm1: [tf.expm1, Math.expm1],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.1), (x) => (x > 0 ? x : 0.1 * x)],
  'a mask': [(x) => tf.mul(x, tf.cast(tf.greater(x, 0.3), 'float32')), (x) => (x > 0.3 ? x : 0)],
  neg: [tf.neg, (x) => -x],
  relu: [tf.relu, (x) => Math.max(0, x)],
  relu6: [(x) => tf.relu6(tf.mul(x, 6)), (x) => Math.min(6, Math.max(0, 6 * x))],
  selu: [tf.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  sigmoid: [tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  sin: [tf.sin, Math.sin],
  sinh: [tf.sinh, Math.sinh],
  softplus: [tf.softplus, (x) => Math.log1p(Math.exp(x))],
  square: [tf.square, (x) => x * x],
  tanh: [tf.tanh, Math.tanh],
};

/** Functions that are tried between 0.1 and 0.9. */
const INSIDE: Record<string, Unary> = {
  acos: [tf.acos, Math.acos],
  asin: [tf.asin, Math.asin],
  atanh: [tf.atanh, Math.atanh],
  ceil: [tf.ceil, Math.ceil],
  floor: [tf.floor, Math.floor],
  log: [tf.log, Math.log],
  log1p: [tf.log1p, Math.log1p],
  'power of 2.5': [(x) => tf.pow(x, 2.5), (x) => x ** 2.5],
  reciprocal: [tf.reciprocal, (x) => 1 / x],
  rsqrt: [tf.rsqrt, (x) => 1 / Math.sqrt(x)],
  sign: [tf.sign, Math.sign],
  sqrt: [tf.sqrt, Math.sqrt],
  step: [(x) => tf.step(x, 0), () => 1],
  tan: [tf.tan, Math.tan],
};

test.each(Object.entries(EVERYWHERE))('%s', (_, [op, formula]) => {
  checkOpAndGradients(
    { shapes: [[3, 5]], op: (x) => op(x as tf.Tensor), naive: (x) => (x ?? []).map(formula) },
    randomSource(1),
  );
});

/** From any number to (0.1, 0.9), smoothly, so that the chain rule brings the slope back. */
const inside = (x: number) => 0.1 + 0.8 / (1 + Math.exp(-x));

test.each(Object.entries(INSIDE))('%s', (_, [op, formula]) => {
  checkOpAndGradients(
    {
      shapes: [[3, 5]],
      op: (x) => op(tf.add(0.1, tf.mul(0.8, tf.sigmoid(x as tf.Tensor)))),
      naive: (x) => (x ?? []).map((value) => formula(inside(value))),
    },
    randomSource(2),
  );
});

test('acosh, from 1.5 on', () => {
  checkOpAndGradients(
    {
      shapes: [[7]],
      op: (x) => tf.acosh(tf.add(1.5, tf.square(x as tf.Tensor))),
      naive: (x) => (x ?? []).map((value) => Math.acosh(1.5 + value * value)),
    },
    randomSource(3),
  );
});

test('erf, whose own values are only good to 1e-3', () => {
  const x = [-1.5, -0.4, 0, 0.3, 1.1];
  const slopes = tf.tidy(() => [...tf.grad(tf.erf)(tf.tensor1d(x)).dataSync()]);
  slopes.forEach((slope, i) => {
    const value = at(x, i);
    expect(slope).toBeCloseTo((erf(value + 1e-5) - erf(value - 1e-5)) / 2e-5, 5);
  });
});

type Binary = [op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, formula: (a: number, b: number) => number];

const BINARY: Record<string, Binary> = {
  add: [tf.add, (a, b) => a + b],
  atan2: [tf.atan2, Math.atan2],
  div: [(a, b) => tf.div(a, tf.add(2, tf.sigmoid(b))), (a, b) => a / (2 + 1 / (1 + Math.exp(-b)))],
  mul: [tf.mul, (a, b) => a * b],
  pow: [(a, b) => tf.pow(tf.add(0.5, tf.square(a)), b), (a, b) => (0.5 + a * a) ** b],
  squaredDifference: [tf.squaredDifference, (a, b) => (a - b) ** 2],
  sub: [tf.sub, (a, b) => a - b],
};

test.each(Object.entries(BINARY))('%s, of equal and of repeated shapes', (_, [op, formula]) => {
  for (const [shapes, aOf, bOf] of [
    [
      [
        [2, 3],
        [2, 3],
      ],
      (i: number) => i,
      (i: number) => i,
    ],
    [[[2, 3], [3]], (i: number) => i, (i: number) => i % 3],
    [
      [
        [2, 1],
        [2, 3],
      ],
      (i: number) => Math.floor(i / 3),
      (i: number) => i,
    ],
    [[[], [2, 3]], () => 0, (i: number) => i],
  ] as const) {
    checkOpAndGradients(
      {
        shapes: shapes.map((shape) => [...shape]),
        op: (a, b) => op(a as tf.Tensor, b as tf.Tensor),
        naive: (a = [], b = []) => Array.from({ length: 6 }, (__, i) => formula(at(a, aOf(i)), at(b, bOf(i)))),
      },
      randomSource(4),
    );
  }
});

test('prelu, with a slope for each channel', () => {
  checkOpAndGradients(
    {
      shapes: [[4, 3], [3]],
      op: (x, alpha) => tf.prelu(x as tf.Tensor, alpha as tf.Tensor),
      naive: (x = [], alpha = []) => x.map((value, i) => (value > 0 ? value : value * at(alpha, i % 3))),
    },
    randomSource(5),
  );
});

test('prelu, with a slope for each row', () => {
  checkOpAndGradients(
    {
      shapes: [
        [2, 4, 3],
        [4, 1],
      ],
      op: (x, alpha) => tf.prelu(x as tf.Tensor, alpha as tf.Tensor),
      naive: (x = [], alpha = []) =>
        x.map((value, i) => (value > 0 ? value : value * at(alpha, Math.floor(i / 3) % 4))),
    },
    randomSource(5),
  );
});

test('a sum of several tensors', () => {
  checkOpAndGradients(
    {
      shapes: [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
      op: (...inputs) => tf.addN(inputs),
      naive: (a = [], b = [], c = []) => a.map((value, i) => value + at(b, i) + at(c, i)),
    },
    randomSource(6),
  );
});
