import { InputError } from '@lrfind/core';
import type { Options } from '../operation-kinds.js';
import { operations } from '../operation-layer.js';

/** The configuration of a `KerasOperation`: what it computes, with constants in the places of numbers and null in those of tensors. */
export interface WrittenOperation {
  readonly operation: string;
  readonly constants: readonly unknown[];
  readonly options: Options;
}

/**
 * An operation as Keras 3 writes it, where `x + 1` is an entry beside the layers.
 *
 * @param name of the layer
 * @param tensors what Keras writes for the tensors that it gets, in order
 */
export function operationOf3(
  name: string,
  { operation, constants, options }: WrittenOperation,
  tensors: readonly unknown[],
) {
  const known = operations[operation] as (typeof operations)[string];
  const left = [...tensors];
  const values = constants.map((value) => (value === null ? left.shift() : value));
  const { key, ...others } = options;
  const args = [...(known.arguments === 'any' && operation !== 'Einsum' ? [values] : values)];
  if ('key' in options) args.push(writtenKey(key));
  return {
    module: `keras.src.ops.${known.module ?? 'numpy'}`,
    class_name: operation,
    config: { name, ...known.absent, ...others },
    registered_name: operation,
    name,
    inbound_nodes: [{ args, kwargs: {} }],
  };
}

/** What is between the brackets of `x[…]`, as Keras 3 writes it. */
function writtenKey(key: unknown): unknown {
  const parts = (Array.isArray(key) ? key : [key]).map((part: unknown) => {
    if (part === 'ellipsis') return { class_name: '__ellipsis__', config: {} };
    if (!Array.isArray(part)) return part;
    const [start = null, stop = null, step = null] = part as (number | null)[];
    return { class_name: '__slice__', config: { start, stop, step } };
  });
  return parts;
}

/** A layer of both versions of Keras, without its name. */
interface Layer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Operations of one tensor that are activations of the same name. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Selu: 'selu',
  Silu: 'swish',
  Exp: 'exponential',
};

/** Layers that combine tensors of one shape. */
const MERGES = ['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum'];

/**
 * An operation as a layer that both versions of Keras have, for `.h5` files, in which they write operations each in its own way.
 *
 * @param title what messages call it
 * @param inputs the shapes of its tensors
 * @param output its shape
 * @throws InputError for an operation that no such layer computes
 */
export function operationAsLayer(
  title: string,
  { operation, constants, options }: WrittenOperation,
  inputs: readonly (readonly (number | null)[])[],
  output: readonly (number | null)[],
): Layer {
  const same = inputs.every((shape) => shape.join() === inputs[0]?.join());
  if (constants.length === 2 && inputs.length === 2 && same && MERGES.includes(operation))
    return { class_name: operation, config: {} };
  const scaled = scaling(operation, constants);
  if (scaled) return { class_name: 'Rescaling', config: scaled };
  if (Object.hasOwn(ACTIVATIONS, operation))
    return { class_name: 'Activation', config: { activation: ACTIVATIONS[operation] } };
  if (operation === 'Relu6') return { class_name: 'ReLU', config: { max_value: 6 } };
  if (operation === 'Softmax') return { class_name: 'Softmax', config: { axis: options.axis ?? -1 } };
  if (operation === 'Concatenate' && same) return { class_name: 'Concatenate', config: { axis: options.axis ?? 0 } };
  const [, ...row] = output;
  const isOpen = row.includes(null);
  if (['Reshape', 'ExpandDims', 'Squeeze'].includes(operation) && !isOpen)
    return { class_name: 'Reshape', config: { target_shape: row } };
  const { axes } = options;
  if (operation === 'Transpose' && axes)
    return {
      class_name: 'Permute',
      config: { dims: axes.slice(1).map((axis) => (axis < 0 ? axis + axes.length : axis)) },
    };
  throw new InputError(
    `${title} cannot be saved as .h5, which has no operation that both Keras 2 and Keras 3 read: save as .keras, for Keras 3`,
  );
}

/** `x · scale + offset`, where an operation on a tensor and a number is one. */
function scaling(operation: string, constants: readonly unknown[]): { scale: number; offset: number } | undefined {
  const [first, second] = constants;
  if (operation === 'Negative') return { scale: -1, offset: 0 };
  if (constants.length !== 2 || (first === null) === (second === null)) return undefined;
  const number = first ?? second;
  if (typeof number !== 'number') return undefined;
  const isBehind = first === null;
  if (operation === 'Add') return { scale: 1, offset: number };
  if (operation === 'Subtract') return isBehind ? { scale: 1, offset: -number } : { scale: -1, offset: number };
  if (operation === 'Multiply') return { scale: number, offset: 0 };
  const divides = operation === 'Divide' || operation === 'TrueDivide';
  return divides && isBehind ? { scale: 1 / number, offset: 0 } : undefined;
}
