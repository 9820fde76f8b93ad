import type { Pointer } from '../c-functions.js';
import type { Context } from '../context.js';
import type { GraphFunctions } from './graph-functions.js';

/** A TensorFlow function made from a graph. Contexts execute it by its name. */
export class GraphFunction {
  readonly #g: GraphFunctions;
  readonly #pointer: Pointer;
  readonly #contexts = new Set<Context>();

  /** @param pointer the library's function, which this object owns from now on */
  constructor(
    g: GraphFunctions,
    readonly name: string,
    pointer: Pointer,
  ) {
    this.#g = g;
    this.#pointer = pointer;
  }

  /**
   * Adds it to a context. Adding it again changes nothing.
   *
   * @throws TensorFlowError when the context has another function of that name
   */
  addTo(context: Context): void {
    if (this.#contexts.has(context)) return;
    this.#g.ContextAddFunction(context.pointer, this.#pointer, context.status.pointer);
    context.status.check();
    this.#contexts.add(context);
  }

  dispose(): void {
    for (const { pointer, status } of this.#contexts) {
      this.#g.ContextRemoveFunction(pointer, this.name, status.pointer);
      status.check();
    }
    this.#contexts.clear();
    this.#g.DeleteFunction(this.#pointer);
  }
}
