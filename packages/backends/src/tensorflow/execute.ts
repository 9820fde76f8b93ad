import { type Attribute, setAttribute } from './attributes.js';
import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { inputLimit } from './input-limit.js';

// Where an operation leaves its outputs; made once, because a new array that C sees costs as much as a small operation.
const few = new BigUint64Array(64);
const count = new Int32Array(1);

/**
 * Executes an operation, or a function that was added to the context, and waits for it.
 *
 * @param name as in TensorFlow's registry of operations
 * @param inputs handles of tensors, in the operation's order
 * @param outputs how many tensors it gives
 * @param limit how many inputs it can take, where the caller knows
 * @returns handles of the outputs, for the caller to delete
 * @throws TensorFlowError with TensorFlow's own message
 */
export function execute(
  context: Context,
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly Pointer[],
  outputs: number,
  limit = inputLimit(context, name),
): Pointer[] {
  const { c, status } = context;
  if (inputs.length > limit) {
    throw new RangeError(`${name} takes ${limit} tensors, not ${inputs.length}`);
  }
  const op = c.NewOp(context.pointer, name, status.pointer);
  status.check();
  try {
    // Before the attributes, since a type that follows from an input then stands, whatever an attribute says: some of
    // tfjs-node's kernels name the type that an input had before they converted it.
    for (const input of inputs) {
      c.OpAddInput(op, input, status.pointer);
      status.check();
    }
    for (const attribute of attributes) setAttribute(context, op, attribute);
    const handles = outputs <= few.length ? few : new BigUint64Array(outputs);
    count[0] = outputs;
    c.Execute(op, handles, count, status.pointer);
    status.check();
    const given: Pointer[] = [];
    for (let i = 0; i < (count[0] as number); i++) given.push(handles[i] as Pointer);
    if (given.length < outputs) {
      for (const handle of given) c.DeleteTensorHandle(handle);
      throw new RangeError(`${name} gives ${given.length} tensors, not ${outputs}`);
    }
    return given;
  } finally {
    c.DeleteOp(op);
  }
}
