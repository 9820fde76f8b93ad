import * as tf from '@tensorflow/tfjs-core';
import { elementwise, fromOutput, fusedGradient, type Gradient, type Gradients } from './gradient.js';

/** 1 − x². */
const oneMinusSquare = (x: tf.Tensor) => tf.sub(1, tf.square(x));

/** Gradients of elementary functions of one tensor. */
export const functions: Gradients = {
  Abs: elementwise((dy, x) => tf.mul(dy, tf.sign(x))),
  Acos: elementwise((dy, x) => tf.neg(tf.div(dy, tf.sqrt(oneMinusSquare(x))))),
  Acosh: elementwise((dy, x) => tf.div(dy, tf.sqrt(tf.sub(tf.square(x), 1)))),
  Asin: elementwise((dy, x) => tf.div(dy, tf.sqrt(oneMinusSquare(x)))),
  Asinh: elementwise((dy, x) => tf.div(dy, tf.sqrt(tf.add(1, tf.square(x))))),
  Atan: elementwise((dy, x) => tf.div(dy, tf.add(1, tf.square(x)))),
  Atanh: elementwise((dy, x) => tf.div(dy, oneMinusSquare(x))),
  Cos: elementwise((dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  Cosh: elementwise((dy, x) => tf.mul(dy, tf.sinh(x))),
  Erf: elementwise((dy, x) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  Exp: fromOutput((dy, y) => tf.mul(dy, y)),
  Expm1: elementwise((dy, x) => tf.mul(dy, tf.exp(x))),
  Log: elementwise((dy, x) => tf.div(dy, x)),
  Log1p: elementwise((dy, x) => tf.div(dy, tf.add(1, x))),
  Neg: { gradFunc: (dy) => ({ x: () => tf.neg(dy) }) },
  Reciprocal: elementwise((dy, x) => tf.neg(tf.div(dy, tf.square(x)))),
  Rsqrt: elementwise((dy, x) => tf.neg(tf.div(dy, tf.mul(2, tf.pow(x, 1.5))))),
  Sin: elementwise((dy, x) => tf.mul(dy, tf.cos(x))),
  Sinh: elementwise((dy, x) => tf.mul(dy, tf.cosh(x))),
  Sqrt: elementwise((dy, x) => tf.div(dy, tf.mul(2, tf.sqrt(x)))),
  Square: elementwise((dy, x) => tf.mul(dy, tf.mul(2, x))),
  Tan: elementwise((dy, x) => tf.div(dy, tf.square(tf.cos(x)))),
  Tanh: {
    overrides: true,
    ...fromOutput((dy, y) => fusedGradient('TanhGrad', { dy, y }, {}, () => tf.mul(dy, oneMinusSquare(y)))),
  },
};

const zeroGradient: Gradient = elementwise((_dy, x) => tf.zeros(x.shape));
const zeroGradients: Gradient = {
  inputs: ['a', 'b'],
  gradFunc: (_dy, [a, b]) => ({ a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) }),
};

/** Gradients of step functions, which are zero. Comparisons are among them so that a loss may contain a mask. */
export const steps: Gradients = {
  All: zeroGradient,
  Any: zeroGradient,
  Ceil: zeroGradient,
  Equal: zeroGradients,
  Floor: zeroGradient,
  Greater: zeroGradients,
  GreaterEqual: zeroGradients,
  IsFinite: zeroGradient,
  IsInf: zeroGradient,
  IsNan: zeroGradient,
  Less: zeroGradients,
  LessEqual: zeroGradients,
  LogicalNot: zeroGradient,
  LogicalOr: zeroGradients,
  NotEqual: zeroGradients,
  OneHot: { inputs: ['indices'], gradFunc: (_dy, [indices]) => ({ indices: () => tf.zeros(indices.shape) }) },
  OnesLike: zeroGradient,
  Round: zeroGradient,
  Sign: zeroGradient,
  Step: zeroGradient,
  ZerosLike: zeroGradient,
};
