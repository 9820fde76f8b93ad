import { counted } from '@lrfind/core';
import { type Attribute, setAttribute } from './attributes.js';
import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { inputLimit } from './input-limit.js';

// The arrays for the handles of outputs and their number are reused: passing a new array to C costs as much as a small
// operation.
const sharedHandles = new BigUint64Array(64);
const count = new Int32Array(1);

/**
 * Executes an operation, or a function that was added to the context, and waits for it.
 *
 * @param name as in TensorFlow's registry of operations
 * @param inputs handles of tensors, in the operation's order
 * @param outputs number of tensors that it returns
 * @param limit number of inputs that it accepts, if the caller knows it
 * @returns handles of the outputs, which the caller must delete
 * @throws TensorFlowError with TensorFlow's own message
 * @throws RangeError for too many inputs or too few outputs
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
    throw new RangeError(`inputs of ${name} must be at most ${counted(limit, 'tensor')}; got ${inputs.length}`);
  }
  const op = c.NewOp(context.pointer, name, status.pointer);
  status.check();
  try {
    // Inputs come before the attributes, because a type that follows from an input then wins over an attribute: some of
    // tfjs-node's kernels pass the type that an input had before they cast it.
    for (const input of inputs) {
      c.OpAddInput(op, input, status.pointer);
      status.check();
    }
    for (const attribute of attributes) setAttribute(context, op, attribute);
    const handles = outputs <= sharedHandles.length ? sharedHandles : new BigUint64Array(outputs);
    count[0] = outputs;
    c.Execute(op, handles, count, status.pointer);
    status.check();
    const results: Pointer[] = [];
    for (let i = 0; i < (count[0] as number); i++) results.push(handles[i] as Pointer);
    if (results.length < outputs) {
      for (const handle of results) c.DeleteTensorHandle(handle);
      throw new RangeError(`outputs of ${name} must be ${counted(outputs, 'tensor')}; got ${results.length}`);
    }
    return results;
  } finally {
    c.DeleteOp(op);
  }
}
