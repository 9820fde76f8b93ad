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
    // TensorFlow.js's loader spells the names of options in its own way.
    this.#config = { operation, constants, options: snakeKeys(options) as Options };
  }
  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return tidy(() => this.#operation.compute(this.#values([inputs].flat()), this.#config.options));
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

  #values(inputs: readonly Tensor[]): Tensor[] {
    let next = 0;
    return this.#config.constants.map((value) =>
      value === null ? cast(inputs[next++] as Tensor, 'float32') : tensor(value as number, undefined, 'float32'),
    );
  }
}

// TensorFlow.js then builds and loads models with operations.
serialization.registerClass(KerasOperation as never);
