import {
  abs,
  cast,
  customGrad,
  equal,
  floor,
  greater,
  greaterEqual,
  isFinite as isFiniteNumber,
  isInf,
  isNaN as isNoNumber,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  logicalXor,
  max,
  min,
  mul,
  notEqual,
  onesLike,
  sign,
  sub,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { axesIn, binary, broadcast, type Operation, reduction, type Shape, unary } from './operation-kinds.js';

/**
 * What compares, and the types. Truth values are 1 and 0 here, as numbers: so they add up and multiply as Keras's do. They pass no
 * gradient on, as in Keras; TensorFlow.js has none for comparisons, and would stop there.
 */
function withoutGradient(compute: (values: Tensor[]) => Tensor, ...values: Tensor[]): Tensor {
  const computed = customGrad((...given) => {
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void;
    const inputs = given.slice(0, -1) as Tensor[];
    save(inputs);
    const gradFunc = (_: Tensor, saved: Tensor[]) => saved.map((each) => zerosLike(each));
    return { value: compute(inputs), gradFunc };
  });
  return computed(...values);
}

const asNumbers = (flags: Tensor) => cast(flags, 'float32');
/** 1 where a number is not 0. */
const truth = (x: Tensor) => withoutGradient(([given]) => asNumbers(notEqual(given as Tensor, 0)), x);

const compared = (compute: (a: Tensor, b: Tensor) => Tensor): Operation =>
  binary((a, b) => withoutGradient(([one, other]) => asNumbers(compute(one as Tensor, other as Tensor)), a, b));
const tested = (compute: (x: Tensor) => Tensor): Operation =>
  unary((x) => withoutGradient(([given]) => asNumbers(compute(given as Tensor)), x));
/** Of truth values: numbers other than 0 are true. */
const joined = (compute: (a: Tensor, b: Tensor) => Tensor): Operation =>
  compared((a, b) => compute(notEqual(a, 0), notEqual(b, 0)));

/** The numbers as a type has them: whole ones are cut off towards 0. */
function asType(x: Tensor, dtype: string | undefined): Tensor {
  if (dtype === 'bool') return truth(x);
  if (dtype === undefined || dtype.includes('float')) return x;
  return withoutGradient(([given]) => mul(sign(given as Tensor), floor(abs(given as Tensor))), x);
}

const isType = (value: unknown) =>
  typeof value === 'string' && /^(bool|int(8|16|32|64)|b?float(16|32|64))$/.test(value);
const conversion: Operation = {
  arguments: 1,
  positional: ['dtype'],
  options: { dtype: isType },
  compute: ([x], { dtype }) => asType(x as Tensor, dtype),
  shape: ([x]) => x as Shape,
};
/** Numbers of one value, in the shape of a tensor. */
const constant = (fill: (x: Tensor) => Tensor): Operation => ({
  ...conversion,
  compute: ([x]) => fill(x as Tensor),
});

/** Operations that compare, join truth values, choose by them, and change types, by Keras's class. */
export const logicOperations: Readonly<Record<string, Operation>> = {
  Equal: compared(equal),
  NotEqual: compared(notEqual),
  Greater: compared(greater),
  GreaterEqual: compared(greaterEqual),
  Less: compared(less),
  LessEqual: compared(lessEqual),
  LogicalAnd: joined(logicalAnd),
  LogicalOr: joined(logicalOr),
  LogicalXor: joined(logicalXor),
  LogicalNot: unary((x) => sub(1, truth(x))),
  // Of numbers that do not depend on the inputs any more, as far as gradients go.
  Any: reduction((x, axis, keep) => max(truth(x), axesIn(x, axis), keep)),
  All: reduction((x, axis, keep) => min(truth(x), axesIn(x, axis), keep)),
  Isnan: tested(isNoNumber),
  Isinf: tested(isInf),
  Isfinite: tested(isFiniteNumber),
  Where: {
    arguments: 3,
    compute: ([condition, a, b]) => {
      const [yes, one, other] = [condition, a, b] as [Tensor, Tensor, Tensor];
      return where(
        withoutGradient(([given]) => notEqual(given as Tensor, 0), yes),
        one,
        other,
      );
    },
    shape: ([condition, a, b]) => broadcast(condition as Shape, broadcast(a as Shape, b as Shape)),
  },
  Cast: conversion,
  ConvertToTensor: {
    ...conversion,
    options: { dtype: isType, sparse: (value) => value === false, ragged: (value) => value === false },
  },
  OnesLike: constant(onesLike),
  ZerosLike: constant(zerosLike),
};
