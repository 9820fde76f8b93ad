import { InputError, isObject, notAllowed, notOneOf } from '@lrfind/core';
import { type KerasCall, refsIn, TensorRef } from './calls.js';
import { entryName, entryTitle, type KerasEntry } from './entry.js';
import { operations } from './operation-layer.js';
import { plainKey } from './shape-operations.js';

/** Keras 2's functions that are operations, by the end of their names. */
const FUNCTIONS_OF_KERAS_2: Readonly<Record<string, string>> = {
  add: 'Add',
  subtract: 'Subtract',
  sub: 'Subtract',
  multiply: 'Multiply',
  mul: 'Multiply',
  divide: 'Divide',
  truediv: 'TrueDivide',
  maximum: 'Maximum',
  minimum: 'Minimum',
  pow: 'Power',
  negative: 'Negative',
  neg: 'Negative',
  abs: 'Abs',
  square: 'Square',
  sqrt: 'Sqrt',
  exp: 'Exp',
  log: 'Log',
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  reduce_mean: 'Mean',
  reduce_sum: 'Sum',
};

/** The operation that a layer of Keras 2 is, such as `TFOpLambda` of `math.multiply`; undefined for any other layer. */
export function operationOfKeras2({ class_name: name, config }: KerasEntry): string | undefined {
  if (name !== 'TFOpLambda' && name !== 'SlicingOpLambda') return undefined;
  const last = String(config.function).split('.').at(-1) as string;
  return Object.hasOwn(FUNCTIONS_OF_KERAS_2, last) ? FUNCTIONS_OF_KERAS_2[last] : String(config.function);
}

/**
 * The configuration of the layer that computes an operation.
 *
 * @param calls of the operation: one
 * @throws InputError for an operation that is not available, and for arguments other than numbers
 */
export function operationConfig(entry: KerasEntry, calls: readonly KerasCall[]): Readonly<Record<string, unknown>> {
  const name = entryName(entry);
  const operation = operationOfKeras2(entry) ?? entry.class_name;
  const known = operations[operation];
  if (!Object.hasOwn(operations, operation) || !known)
    throw notOneOf(`${entryTitle(entry)}: its operation`, Object.keys(operations), operation);
  const [call, ...others] = calls;
  if (!call || others.length > 0)
    throw new InputError(`${entryTitle(entry)} must be called once, as an operation is; got ${calls.length} calls`);
  const { name: _, ...kwargs } = call.kwargs;
  const values = call.args.flatMap((value, i) =>
    i === 0 && Array.isArray(value) && refsIn(value).length > 0 ? value : [value],
  );
  // Options may stand behind the tensors, in order: `expand_dims(x, 1)`.
  const tensors =
    known.arguments === 'any' ? values.filter((value) => value instanceof TensorRef).length : known.arguments;
  const behind = known.positional ? values.slice(tensors) : [];
  const positional = Object.fromEntries(
    behind.map((value, i) => [known.positional?.[i] ?? `argument ${tensors + i + 1}`, value]),
  );
  const options = optionsOf(entry, { ...positional, ...kwargs }, known.options ?? {});
  const rest = Object.entries(kwargs).filter(([key]) => !Object.hasOwn(known.options ?? {}, key));
  const given = [
    ...(known.positional ? values.slice(0, tensors) : values),
    ...rest
      .filter(([, value]) => value != null)
      .flatMap(([, value]) => (Array.isArray(value) && refsIn(value).length > 0 ? value : [value])),
  ];
  const constants = given.map((value) => {
    if (value instanceof TensorRef) return null;
    const plain = isObject(value) && isObject(value.config) ? value.config.value : value;
    if (isNumbers(plain)) return plain;
    throw notAllowed(`${entryTitle(entry)}: its arguments`, 'tensors and numbers', plain);
  });
  if (known.arguments === 'any' ? constants.length < 1 : constants.length !== known.arguments)
    throw new InputError(`${entryTitle(entry)} must have ${known.arguments} arguments; got ${constants.length}`);
  return { name, operation, constants, options };
}

/** The options that an operation takes, from its configuration and from its call. */
function optionsOf(
  entry: KerasEntry,
  kwargs: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, (value: unknown) => boolean>>,
): Readonly<Record<string, unknown>> {
  const { name: _, function: __, trainable: ___, dtype, ...own } = entry.config;
  const typed = dtype != null && Object.hasOwn(known, 'dtype') ? { dtype } : {};
  const given: Readonly<Record<string, unknown>> = { ...own, ...typed, ...kwargs };
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const isKnown = Object.hasOwn(known, key);
    if ((value == null && key !== 'key') || (value === false && !isKnown)) continue;
    if (isKnown) {
      if (!known[key]?.(value)) throw notAllowed(`${entryTitle(entry)}: ${key}`, 'what Keras writes there', value);
      options[key] = key === 'key' ? plainKey(value) : value;
    } else if (Object.hasOwn(own, key) || key.startsWith('argument '))
      throw notAllowed(`${entryTitle(entry)}: ${key}`, 'null, since the operation does not have it here', value);
  }
  return options;
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isNumbers) : typeof value === 'number' && Number.isFinite(value);
}
