import { InputError } from '@lrfind/core';
import {
  abs,
  add,
  cast,
  cos,
  div,
  elu,
  exp,
  expm1,
  floor,
  log,
  log1p,
  matMul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  pow,
  relu,
  relu6,
  rsqrt,
  selu,
  serialization,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { sharedMax } from '../../layers/maximum.js';
import { shapeOperations } from './shape-operations.js';

/** A shape with the batch first; an open length is null. */
export type Shape = (number | null)[];

/** An operation of Keras: what `x + y` is in a functional model. */
export interface Operation {
  /** How many tensors and numbers it takes; `any` for a list of tensors. */
  readonly arguments: number | 'any';
  /** The options that a call may give without their names, in order, behind the tensors. Default: none. */
  readonly positional?: readonly string[];
  /** What it takes besides, and what that may be. */
  readonly options?: Readonly<Record<string, (value: unknown) => boolean>>;
  readonly compute: (values: readonly Tensor[], options: Options) => Tensor;
  readonly shape: (shapes: readonly Shape[], options: Options) => Shape;
}

/** Which axes are reduced, all by default, and whether they stay with a length of 1; what operations that move numbers take. */
export interface Options {
  readonly axis?: number | number[];
  readonly axes?: number[];
  readonly newshape?: (number | null)[];
  /** What is between the brackets of `x[…]`. */
  readonly key?: unknown;
  readonly keepdims?: boolean;
}

const isAxes = (value: unknown) => [value].flat().every((axis) => Number.isInteger(axis));
const isFlag = (value: unknown) => typeof value === 'boolean';

const binary = (compute: (a: Tensor, b: Tensor) => Tensor): Operation => ({
  arguments: 2,
  compute: ([a, b]) => compute(a as Tensor, b as Tensor),
  shape: ([a, b]) => broadcast(a as Shape, b as Shape),
});
const unary = (compute: (x: Tensor) => Tensor): Operation => ({
  arguments: 1,
  compute: ([x]) => compute(x as Tensor),
  shape: ([x]) => x as Shape,
});
const reduction = (compute: (x: Tensor, axes?: number | number[], keep?: boolean) => Tensor): Operation => ({
  arguments: 1,
  positional: ['axis'],
  options: { axis: isAxes, keepdims: isFlag },
  compute: ([x], { axis, keepdims }) => compute(x as Tensor, axis, keepdims),
  shape: ([x], { axis, keepdims }) => {
    const shape = x as Shape;
    const all = shape.map((_, i) => i);
    const axes = axis === undefined ? all : [axis].flat().map((each) => (each < 0 ? each + shape.length : each));
    if (axes.includes(0)) throw new InputError('must leave the axis of the rows as it is; got it among axis');
    return shape.flatMap((length, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [length]));
  },
});

/** Keras's operations by their class. */
export const operations: Readonly<Record<string, Operation>> = {
  Add: binary(add),
  Subtract: binary(sub),
  Multiply: binary(mul),
  Divide: binary(div),
  TrueDivide: binary(div),
  Maximum: binary(maximum),
  Minimum: binary(minimum),
  Power: binary(pow),
  Negative: unary(neg),
  Abs: unary(abs),
  Absolute: unary(abs),
  Square: unary(square),
  Sqrt: unary(sqrt),
  Rsqrt: unary(rsqrt),
  Exp: unary(exp),
  Expm1: unary(expm1),
  Log: unary(log),
  Log1p: unary(log1p),
  Sign: unary(sign),
  Sin: unary(sin),
  Cos: unary(cos),
  Tanh: unary(tanh),
  Sigmoid: unary(sigmoid),
  Softplus: unary(softplus),
  Relu: unary(relu),
  Relu6: unary(relu6),
  Mean: reduction(mean),
  Sum: reduction(sum),
  Max: reduction((x, axes, keep) => sharedMax(x, axesIn(x, axes), keep ?? false)),
  Min: reduction((x, axes, keep) => neg(sharedMax(neg(x), axesIn(x, axes), keep ?? false))),
  Softmax: {
    arguments: 1,
    positional: ['axis'],
    options: { axis: Number.isInteger },
    compute: ([x], { axis = -1 }) => {
      const input = x as Tensor;
      const axes = axesIn(input, axis);
      const raised = exp(sub(input, max(input, axes, true)));
      return div(raised, sum(raised, axes, true));
    },
    shape: ([x]) => x as Shape,
  },
  Matmul: {
    arguments: 2,
    compute: ([a, b]) => matMul(a as Tensor, b as Tensor),
    shape: ([a = [], b = []]) => {
      if (a.length !== b.length || a.length < 3 || a.at(-1) !== b.at(-2))
        throw new InputError(
          `must get rows of matrices that fit together; got [${a.join(', ')}] and [${b.join(', ')}]`,
        );
      return [...broadcast(a.slice(0, -2), b.slice(0, -2)), a.at(-2) ?? null, b.at(-1) ?? null];
    },
  },
  Clip: {
    arguments: 3,
    compute: ([x, low, high]) => minimum(maximum(x as Tensor, low as Tensor), high as Tensor),
    shape: ([x]) => x as Shape,
  },
  Elu: unary(elu),
  Selu: unary(selu),
  Silu: unary((x) => mul(x, sigmoid(x))),
  Floor: unary(floor),
  ...shapeOperations,
};

function axesIn({ rank }: Tensor, axis: Options['axis']): number[] {
  const axes = axis === undefined ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  return axes.map((each) => (each < 0 ? each + rank : each));
}

/** NumPy's rule; an open length stays open. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [one = 1, other = 1] = [a[i - rank + a.length], b[i - rank + b.length]];
    if (one === other || other === 1) return one;
    if (one === 1) return other;
    if (one === null || other === null) return one ?? other;
    throw new InputError(`must get shapes that fit together; got [${a.join(', ')}] and [${b.join(', ')}]`);
  });
}

/** What a number or a list of lists of numbers is in an argument's place; null for the next tensor. */
type Constant = number | readonly Constant[] | null;

interface OperationConfig {
  readonly name?: string;
  readonly operation: string;
  readonly constants: readonly Constant[];
  readonly options: Options;
}

/** A layer that computes one of Keras's operations. It drops masks, as operations do in Keras. */
class KerasOperation extends layers.Layer {
  static readonly className = 'KerasOperation';
  readonly #config: OperationConfig;
  readonly #operation: Operation;

  constructor({ operation, constants, options, ...others }: OperationConfig) {
    super(others as never);
    const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!found) throw new InputError(`layer "${others.name}" must be an operation of Keras; got ${operation}`);
    this.#operation = found;
    this.#config = { operation, constants, options };
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => this.#operation.compute(this.#values([inputs].flat()), this.#config.options));
  }
  override computeOutputShape(given: Shape | Shape[]): Shape {
    const shapes = (Array.isArray(given[0]) ? given : [given]) as Shape[];
    let next = 0;
    const all = this.#config.constants.map((value) =>
      value === null ? (shapes[next++] as Shape) : tidy(() => tensor(value as number).shape),
    );
    try {
      return this.#operation.shape(all, this.#config.options);
    } catch (error) {
      throw error instanceof InputError
        ? new InputError(`layer "${this.name}" (${this.#config.operation}) ${error.message}`)
        : error;
    }
  }
  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#config } as never;
  }

  #values(inputs: readonly Tensor[]): Tensor[] {
    let next = 0;
    return this.#config.constants.map((value) =>
      value === null ? cast(inputs[next++] as Tensor, 'float32') : tensor(value as number, undefined, 'float32'),
    );
  }
}

// TensorFlow.js then builds and loads models with operations.
serialization.registerClass(KerasOperation as never);
