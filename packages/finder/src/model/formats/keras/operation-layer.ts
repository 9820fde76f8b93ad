import { InputError } from '@lrfind/core';
import { cast, serialization, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { snakeKeys } from '../../layers/spelling.js';
import { arrayOperations } from './array-operations.js';
import { elementwiseOperations } from './elementwise-operations.js';
import type { Operation, Options, Shape } from './operation-kinds.js';
import { reductions } from './reductions.js';
import { shapeOperations } from './shape-operations.js';

/** Keras's operations by their class. */
export const operations: Readonly<Record<string, Operation>> = {
  ...elementwiseOperations,
  ...reductions,
  ...shapeOperations,
  ...arrayOperations,
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
export function computeOperation({ operation, constants, options }: OperationConfig, inputs: readonly Tensor[]) {
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
    // TensorFlow.js's loader spells the names of options in its own way.
    this.#config = { operation, constants, options: snakeKeys(options) as Options };
  }
  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return computeOperation(this.#config, [inputs].flat());
  }
  override computeOutputShape(given: Shape | Shape[]): Shape | Shape[] {
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
