import { NotCompilable } from '../../trace/compiled-function.js';
import type { Attribute } from '../attributes.js';
import type { Binding, TensorMetadata } from '../binding.js';
import type { Context } from '../context.js';
import type { Values } from '../data-types.js';
import { createTensor } from '../tensors.js';
import type { Graph } from './graph.js';
import type { Output } from './graph-functions.js';

/** The first id of a graph's outputs, larger than any id of an eager tensor. */
const FIRST_ID = 2 ** 40;

/**
 * A binding that adds operations to a graph instead of executing them.
 *
 * @param eager the binding that it replaces while kernels run
 */
export function graphBinding(graph: Graph, context: Context, eager: Binding) {
  const outputs: Output[] = [];
  const add = (output: Output): number => FIRST_ID + outputs.push(output) - 1;
  const outputOf = (id: number): Output => {
    const output = outputs[id - FIRST_ID];
    if (!output) throw new NotCompilable('a kernel used a tensor that is not among its inputs');
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
    /** A graph holds no values, so there is nothing to free. */
    deleteTensor(): void {},
    tensorDataSync(): never {
      throw new NotCompilable('it reads values back');
    },
    executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], count: number) {
      return graph.operation(name, attributes, inputs.map(outputOf), count).map(({ output, shape, dtype }) => {
        if (shape.includes(-1)) throw new NotCompilable(`the shape of the result of ${name} depends on values`);
        return { id: add(output), shape, dtype } satisfies TensorMetadata;
      });
    },
  };
  // Other members, such as the numbers of data types, are those of the eager binding.
  const binding = new Proxy(eager, {
    get(target, name) {
      if (name in members) return members[name as keyof typeof members];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { binding, add, outputOf };
}
