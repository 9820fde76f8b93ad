import type { Pointer } from '../c-functions.js';
import type { Context } from '../context.js';
import type { GraphFunctions } from './graph-functions.js';

/** A function made of a graph, which contexts can execute by its name. */
export class GraphFunction {
  readonly #g: GraphFunctions;
  readonly #pointer: Pointer;
  readonly #contexts = new Set<Context>();

  /** @param pointer the library's function, owned from here on */
  constructor(
    g: GraphFunctions,
    readonly name: string,
    pointer: Pointer,
  ) {
    this.#g = g;
    this.#pointer = pointer;
  }

  /**
   * Makes a context know it; once is enough.
   *
   * @throws TensorFlowError when the context has another of its name
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
