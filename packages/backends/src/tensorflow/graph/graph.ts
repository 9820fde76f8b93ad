import { type Attribute, AttributeType, setAttribute } from '../attributes.js';
import type { Functions, Pointer } from '../c-functions.js';
import type { Context } from '../context.js';
import { GraphFunction } from './graph-function.js';
import type { GraphFunctions, Output } from './graph-functions.js';

/** What is known of a value of a graph without computing it. */
export interface Described {
  readonly output: Output;
  /** −1 where a size is not known. */
  readonly shape: number[];
  /** The number of its data type. */
  readonly dtype: number;
}

/** A TensorFlow graph that is being made. */
export class Graph {
  readonly #g: GraphFunctions;
  readonly #context: Context;
  readonly #pointer: Pointer;
  #operations = 0;

  constructor(context: Context, functions: GraphFunctions) {
    this.#g = functions;
    this.#context = context;
    this.#pointer = functions.NewGraph();
  }

  /** How many operations there are. */
  get size(): number {
    return this.#operations;
  }

  /** An argument of the function that the graph will be. */
  placeholder(shape: readonly number[], dtype: number): Output {
    const attributes = [
      { name: 'dtype', type: AttributeType.type, value: dtype },
      { name: 'shape', type: AttributeType.shape, value: shape },
    ];
    return { oper: this.#operation('Placeholder', attributes, []), index: 0 };
  }

  /** @param handle an eager tensor whose values are taken over */
  constant(handle: Pointer, dtype: number): Output {
    const { c, status } = this.#context;
    const tensor = c.TensorHandleResolve(handle, status.pointer);
    status.check();
    const setValue = (description: Pointer) => {
      this.#g.SetAttrTensor(description, 'value', tensor, status.pointer);
      status.check();
    };
    try {
      const attributes = [{ name: 'dtype', type: AttributeType.type, value: dtype }];
      return { oper: this.#operation('Const', attributes, [], setValue), index: 0 };
    } finally {
      c.DeleteTensor(tensor);
    }
  }

  /**
   * Adds an operation.
   *
   * @param outputs how many outputs it has
   * @throws TensorFlowError when the operation does not exist or does not take these inputs
   */
  operation(type: string, attributes: readonly Attribute[], inputs: readonly Output[], outputs: number): Described[] {
    const oper = this.#operation(type, attributes, inputs);
    return Array.from({ length: outputs }, (_, index) => this.describe({ oper, index }));
  }

  describe(output: Output): Described {
    const { status } = this.#context;
    const rank = this.#g.GraphGetTensorNumDims(this.#pointer, output, status.pointer);
    status.check();
    const sizes = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) {
      this.#g.GraphGetTensorShape(this.#pointer, output, sizes, rank, status.pointer);
      status.check();
    }
    // A shape of which not even the rank is known has one unknown size, for want of a better way to say so.
    const shape = rank < 0 ? [-1] : Array.from(sizes, Number);
    return { output, shape, dtype: this.#g.OperationOutputType(output) };
  }

  /**
   * Makes the graph a function.
   *
   * @param name by which contexts know it
   * @throws TensorFlowError when it is none
   */
  toFunction(name: string, inputs: readonly Output[], outputs: readonly Output[]): GraphFunction {
    const { status } = this.#context;
    const fn = this.#g.GraphToFunction(
      this.#pointer,
      name,
      0,
      -1,
      null,
      inputs.length,
      pairs(inputs),
      outputs.length,
      pairs(outputs),
      null,
      null,
      null,
      status.pointer,
    );
    status.check();
    return new GraphFunction(this.#g, name, fn as Pointer);
  }

  dispose(): void {
    this.#g.DeleteGraph(this.#pointer);
  }

  #operation(
    type: string,
    attributes: readonly Attribute[],
    inputs: readonly Output[],
    more?: (description: Pointer) => void,
  ): Pointer {
    const { status } = this.#context;
    const name = `${type.replace(/^_/, '')}_${this.#operations++}`;
    const description = this.#g.NewOperation(this.#pointer, type, name);
    // An operation that takes a list says how long it is; an eager one is told so too, and needs it no more than a hint.
    const listed = attributes.find((attribute) => attribute.name === 'N')?.value as number | undefined;
    if (listed !== undefined) this.#g.AddInputList(description, pairs(inputs.slice(0, listed)), listed);
    for (const input of inputs.slice(listed ?? 0)) this.#g.AddInput(description, input);
    const setters = { ...this.#context, c: { ...this.#context.c, ...this.#g.attributes } as Functions };
    for (const attribute of attributes) if (attribute.name !== 'N') setAttribute(setters, description, attribute);
    more?.(description);
    const oper = this.#g.FinishOperation(description, status.pointer);
    status.check();
    return oper as Pointer;
  }
}

/** As an array of `TF_Output`: the operation's address, then the output's number. */
function pairs(outputs: readonly Output[]): BigUint64Array {
  return BigUint64Array.from(outputs.flatMap(({ oper, index }) => [oper, BigInt(index)]));
}
