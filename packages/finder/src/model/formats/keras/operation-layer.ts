import { InputError } from '@lrfind/core';
import {
  abs,
  add,
  broadcastTo,
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
  scalar,
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
import { logicOperations } from './logic-operations.js';
import {
  axesIn,
  binary,
  broadcast,
  type Operation,
  type Options,
  reduction,
  type Shape,
  unary,
} from './operation-kinds.js';
import { shapeOperations } from './shape-operations.js';

const asTensor = (value: Tensor | number): Tensor => (typeof value === 'number' ? scalar(value) : value);

/** TensorFlow.js's gradients of these have the output's shape, also where an input is spread over it. */
const alike = (compute: (a: Tensor, b: Tensor) => Tensor) => (a: Tensor, b: Tensor) => {
  const shape = broadcast(a.shape, b.shape) as number[];
  return compute(broadcastTo(a, shape), broadcastTo(b, shape));
};

/** Keras's operations by their class. */
export const operations: Readonly<Record<string, Operation>> = {
  Add: binary(add),
  Subtract: binary(sub),
  Multiply: binary(mul),
  Divide: binary(div),
  TrueDivide: binary(div),
  Maximum: binary(alike(maximum)),
  Minimum: binary(alike(minimum)),
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
    // Keras 3.15 has the bounds as options, others as arguments.
    arguments: 'any',
    options: { x_min: Number.isFinite, x_max: Number.isFinite },
    // TensorFlow.js's loader writes them in camel case.
    compute: ([x, ...bounds], { x_min, x_max, xMin = x_min, xMax = x_max }) => {
      const [low = xMin as number, high = xMax as number] = bounds;
      const raised = alike(maximum)(x as Tensor, asTensor(low));
      return alike(minimum)(raised, asTensor(high));
    },
    shape: ([x]) => x as Shape,
  },
  Elu: {
    arguments: 1,
    options: { alpha: Number.isFinite },
    compute: ([x], { alpha = 1 }) => {
      const input = x as Tensor;
      return alpha === 1 ? elu(input) : add(relu(input), mul(alpha, expm1(minimum(input, 0))));
    },
    shape: ([x]) => x as Shape,
  },
  Selu: unary(selu),
  Silu: unary((x) => mul(x, sigmoid(x))),
  Floor: unary(floor),
  ...logicOperations,
  ...shapeOperations,
};

/** What a number or a list of lists of numbers is in an argument's place; null for the next tensor. */
type Constant = number | readonly Constant[] | null;

/** An operation as a layer: its name, and what is in the place of each of its arguments. */
export interface OperationConfig {
  readonly name?: string;
  readonly operation: string;
  readonly constants: readonly Constant[];
  readonly options: Options;
}

/**
 * Computes an operation.
 *
 * @param inputs in the places of the arguments that are no constants
 * @throws InputError for an operation that is not available
 */
export function computeOperation(
  { operation, constants, options }: OperationConfig,
  inputs: readonly Tensor[],
): Tensor {
  const { compute } = operationNamed(operation, 'an operation');
  let next = 0;
  const value = (constant: Constant) =>
    constant === null ? cast(inputs[next++] as Tensor, 'float32') : tensor(constant as number, undefined, 'float32');
  return tidy(() => compute(constants.map(value), options));
}

function operationNamed(operation: string, what: string): Operation {
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (!found) throw new InputError(`${what} must be an operation of Keras; got ${operation}`);
  return found;
}

/** A layer that computes one of Keras's operations. It drops masks, as operations do in Keras. */
class KerasOperation extends layers.Layer {
  static readonly className = 'KerasOperation';
  readonly #config: OperationConfig;
  readonly #operation: Operation;

  constructor({ operation, constants, options, ...others }: OperationConfig) {
    super(others as never);
    this.#operation = operationNamed(operation, `layer "${others.name}"`);
    this.#config = { operation, constants, options };
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return computeOperation(this.#config, [inputs].flat());
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
}

// TensorFlow.js then builds and loads models with operations.
serialization.registerClass(KerasOperation as never);
