import { NotCompilable } from '../../trace/compiled-function.js';
import type { Attribute } from '../attributes.js';
import type { Binding, TensorMetadata } from '../binding.js';
import type { Context } from '../context.js';
import type { Values } from '../data-types.js';
import { createTensor } from '../tensors.js';
import type { Graph } from './graph.js';
import type { Output } from './graph-functions.js';

/** Where the numbers of a graph's values begin, so that none is taken for an eager tensor's. */
const FIRST = 2 ** 40;

/**
 * Stands in for the binding while kernels run: what they would execute becomes part of a graph.
 *
 * @param eager the binding whose place it takes
 */
export function graphBinding(graph: Graph, context: Context, eager: Binding) {
  const outputs: Output[] = [];
  const add = (output: Output): number => FIRST + outputs.push(output) - 1;
  const outputOf = (id: number): Output => {
    const output = outputs[id - FIRST];
    if (!output) throw new NotCompilable('a kernel used a tensor that it was not given');
    return output;
  };
  const members = {
    building: true,
    createTensor(shape: readonly number[], dtype: number, values: Values): number {
      const handle = createTensor(context, shape, dtype, values);
      try {
        return add(graph.constant(handle, dtype));
      } finally {
        context.c.DeleteTensorHandle(handle);
      }
    },
    /** Nothing is computed yet, so nothing is freed. */
    deleteTensor(): void {},
    tensorDataSync(): never {
      throw new NotCompilable('it looks at values');
    },
    executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], count: number) {
      return graph.operation(name, attributes, inputs.map(outputOf), count).map(({ output, shape, dtype }) => {
        if (shape.includes(-1)) throw new NotCompilable(`the shape of what ${name} gives follows from values`);
        return { id: add(output), shape, dtype } satisfies TensorMetadata;
      });
    },
  };
  // What it has not, such as the numbers of data types, is that of the eager one.
  const binding = new Proxy(eager, {
    get(target, name) {
      if (name in members) return members[name as keyof typeof members];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { binding, add, outputOf };
}
