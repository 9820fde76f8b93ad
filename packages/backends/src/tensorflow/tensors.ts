import { counted } from '@lrfind/core';
import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { DataType, numericType, type Values } from './data-types.js';
import { createStrings, readStrings } from './strings.js';

/** A larger rank would end the process instead of causing an error. */
const MAX_RANK = 254;

/**
 * Creates a tensor. Where there is a GPU it is placed there, except for the types that kernels expect in the memory of
 * the host: int32 and strings.
 *
 * @param dtype a {@link DataType}
 * @param values as many as the shape has elements, in an array of that type; for int64 also pairs of int32, low half
 *   first
 * @returns its handle, which the caller must delete
 * @throws RangeError when shape, type and values do not match
 */
export function createTensor(context: Context, shape: readonly number[], dtype: number, values: Values): Pointer {
  const size = elementCount(shape);
  if (dtype === DataType.string) {
    if (!Array.isArray(values) || !values.every((value) => value instanceof Uint8Array) || values.length !== size) {
      throw new RangeError(
        `values of a tensor of type string and shape [${shape}] must be an array of ${counted(size, 'Uint8Array')}`,
      );
    }
    return createStrings(context, shape, values);
  }
  const handle = hostTensor(context, shape, dtype, checkedNumbers(dtype, shape, size, values));
  if (!context.gpu || dtype === DataType.int32) return handle;
  const { c, status } = context;
  try {
    const onGpu = c.TensorHandleCopyToDevice(handle, context.pointer, context.gpu.name, status.pointer);
    status.check();
    return onGpu;
  } finally {
    c.DeleteTensorHandle(handle);
  }
}

/**
 * The values of a tensor, copied from the device where it is.
 *
 * @throws TypeError for a resource, which has no values, and for a data type that TensorFlow.js lacks
 */
export function readTensor({ c, status }: Context, handle: Pointer): Values {
  const dtype = c.TensorHandleDataType(handle);
  const type = numericType(dtype);
  if (!type && dtype !== DataType.string) {
    throw new TypeError(`tensors of TensorFlow's data type ${dtype} cannot be read`);
  }
  const tensor = c.TensorHandleResolve(handle, status.pointer);
  status.check();
  try {
    if (!type) return readStrings(c, tensor);
    const values = new type.ofArray(type.parts * c.TensorElementCount(tensor));
    if (values.byteLength > 0) c.memcpy(values, c.TensorData(tensor), values.byteLength);
    return values;
  } finally {
    c.DeleteTensor(tensor);
  }
}

/** The shape of a tensor. */
export function shapeOf({ c, status }: Context, handle: Pointer): number[] {
  const rank = c.TensorHandleNumDims(handle, status.pointer);
  status.check();
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) shape.push(c.TensorHandleDim(handle, axis, status.pointer));
  return shape;
}

function hostTensor(
  { c, status }: Context,
  shape: readonly number[],
  dtype: number,
  values: NodeJS.ArrayBufferView,
): Pointer {
  const tensor = c.AllocateTensor(dtype, shape, shape.length, values.byteLength);
  try {
    if (values.byteLength > 0) c.memcpy(c.TensorData(tensor), values, values.byteLength);
    const handle = c.NewTensorHandle(tensor, status.pointer);
    status.check();
    return handle;
  } finally {
    c.DeleteTensor(tensor);
  }
}

/**
 * The values as an array of the data type.
 *
 * @throws RangeError for another array, and for a data type that TensorFlow.js lacks
 */
function checkedNumbers(
  dtype: number,
  shape: readonly number[],
  size: number,
  original: Values,
): NodeJS.ArrayBufferView {
  const type = numericType(dtype);
  if (!type) throw new RangeError(`tensors of TensorFlow's data type ${dtype} cannot be created`);
  const values = dtype === DataType.int64 && original instanceof Int32Array ? joinHalves(original) : original;
  const required = type.ofArray.name;
  const length = type.parts * size;
  // Compares the names of constructors, because arrays may come from another realm.
  const actual = (values as Float32Array)[Symbol.toStringTag] ?? 'Array';
  if (actual !== required || values.length !== length) {
    throw new RangeError(
      `values of a tensor of type ${type.name} and shape [${shape}] must be ${required} of length ${length}; ` +
        `got ${actual} of length ${values.length}`,
    );
  }
  return values as Float32Array;
}

function joinHalves(halves: Int32Array): BigInt64Array {
  return new BigInt64Array(halves.slice(0, halves.length - (halves.length % 2)).buffer);
}

function elementCount(shape: readonly number[]): number {
  const largest = shape.reduce((product, size) => product * Math.max(1, size), 1);
  if (shape.length > MAX_RANK || !shape.every((size) => Number.isInteger(size) && size >= 0) || largest > 2 ** 53) {
    throw new RangeError(`shape must be at most ${MAX_RANK} sizes of at least 0; got [${shape}]`);
  }
  return shape.reduce((product, size) => product * size, 1);
}
