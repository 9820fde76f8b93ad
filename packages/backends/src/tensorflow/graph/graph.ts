import { type Attribute, AttributeType, setAttribute } from '../attributes.js';
import type { Functions, Pointer } from '../c-functions.js';
import type { Context } from '../context.js';
import { GraphFunction } from './graph-function.js';
import type { GraphFunctions, Output } from './graph-functions.js';

/** An output of an operation, with the shape and type that TensorFlow inferred. */
export interface InferredOutput {
  readonly output: Output;
  /** −1 where a size is unknown. */
  readonly shape: number[];
  /** The number of its data type. */
  readonly dtype: number;
}

/** A TensorFlow graph under construction. */
export class Graph {
  readonly #g: GraphFunctions;
  readonly #context: Context;
  /** The context with functions that set the attributes of a graph's operations. */
  readonly #attributeContext: Context;
  readonly #pointer: Pointer;
  #operations = 0;

  constructor(context: Context, functions: GraphFunctions) {
    this.#g = functions;
    this.#context = context;
    // Once, because for each of 250 operations it took 10 ms.
    this.#attributeContext = { ...context, c: { ...context.c, ...functions.attributes } as Functions };
    this.#pointer = functions.NewGraph();
  }

  /** The number of operations. */
  get size(): number {
    return this.#operations;
  }

  /** Adds a parameter of the function that the graph will become. */
  placeholder(shape: readonly number[], dtype: number): Output {
    const attributes = [
      { name: 'dtype', type: AttributeType.type, value: dtype },
      { name: 'shape', type: AttributeType.shape, value: shape },
    ];
    return { oper: this.#operation('Placeholder', attributes, []), index: 0 };
  }

  /**
   * Adds a constant.
   *
   * @param handle an eager tensor with its values
   */
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
   * @param outputs number of its outputs
   * @throws TensorFlowError when the operation does not exist or does not accept these inputs
   */
  operation(
    type: string,
    attributes: readonly Attribute[],
    inputs: readonly Output[],
    outputs: number,
  ): InferredOutput[] {
    const oper = this.#operation(type, attributes, inputs);
    return Array.from({ length: outputs }, (_, index) => this.describe({ oper, index }));
  }

  /** The inferred shape and type of an output. */
  describe(output: Output): InferredOutput {
    const { status } = this.#context;
    const rank = this.#g.GraphGetTensorNumDims(this.#pointer, output, status.pointer);
    status.check();
    const sizes = new BigInt64Array(Math.max(rank, 0));
    if (rank > 0) {
      this.#g.GraphGetTensorShape(this.#pointer, output, sizes, rank, status.pointer);
      status.check();
    }
    // A single unknown size stands for an unknown rank.
    const shape = rank < 0 ? [-1] : Array.from(sizes, Number);
    return { output, shape, dtype: this.#g.OperationOutputType(output) };
  }

  /**
   * Makes a function from the graph.
   *
   * @param name the name by which contexts execute it
   * @throws TensorFlowError when TensorFlow rejects the graph
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
      outputArray(inputs),
      outputs.length,
      outputArray(outputs),
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
    complete?: (description: Pointer) => void,
  ): Pointer {
    const { status } = this.#context;
    const name = `${type.replace(/^_/, '')}_${this.#operations++}`;
    const description = this.#g.NewOperation(this.#pointer, type, name);
    // The attribute N is the length of an input list. In a graph the list is an input of its own, and N follows from
    // it.
    const listLength = attributes.find((attribute) => attribute.name === 'N')?.value as number | undefined;
    if (listLength !== undefined)
      this.#g.AddInputList(description, outputArray(inputs.slice(0, listLength)), listLength);
    for (const input of inputs.slice(listLength ?? 0)) this.#g.AddInput(description, input);
    for (const attribute of attributes)
      if (attribute.name !== 'N') setAttribute(this.#attributeContext, description, attribute);
    complete?.(description);
    const oper = this.#g.FinishOperation(description, status.pointer);
    status.check();
    return oper as Pointer;
  }
}

/** An array of `TF_Output`: the operation's address, then the output's index. */
function outputArray(outputs: readonly Output[]): BigUint64Array {
  return BigUint64Array.from(outputs.flatMap(({ oper, index }) => [oper, BigInt(index)]));
}
