import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { DataType, numericType, type Values } from './data-types.js';
import { createStrings, readStrings } from './strings.js';

/** More would end the process instead of giving an error. */
const LARGEST_RANK = 254;

/**
 * Makes a tensor and puts it on the GPU where there is one, except what kernels expect in the host's memory: int32 and
 * strings.
 *
 * @param dtype a {@link DataType}
 * @param values as many as the shape has elements, in an array of that type; of int64 also pairs of int32, low half first
 * @returns its handle, for the caller to delete
 * @throws RangeError when shape, type and values do not fit together
 */
export function createTensor(context: Context, shape: readonly number[], dtype: number, values: Values): Pointer {
  const size = elements(shape);
  if (dtype === DataType.string) {
    if (!Array.isArray(values) || !values.every((value) => value instanceof Uint8Array) || values.length !== size) {
      throw new RangeError(`a tensor of strings of shape [${shape}] needs ${size} Uint8Arrays in an array`);
    }
    return createStrings(context, shape, values);
  }
  const handle = hostTensor(context, shape, dtype, numbersFor(dtype, shape, size, values));
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
 * The values of a tensor, copied from wherever it lies.
 *
 * @throws TypeError for a resource, which has none, and for a data type that TensorFlow.js does not know
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

/** The sizes of a tensor. */
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

function numbersFor(dtype: number, shape: readonly number[], size: number, given: Values): NodeJS.ArrayBufferView {
  const type = numericType(dtype);
  if (!type) throw new RangeError(`tensors of TensorFlow's data type ${dtype} cannot be made`);
  const values = dtype === DataType.int64 && given instanceof Int32Array ? pairs(given) : given;
  const needed = type.ofArray.name;
  const length = type.parts * size;
  // By its name, since arrays of another realm are as good.
  const came = (values as Float32Array)[Symbol.toStringTag] ?? 'Array';
  if (came !== needed || values.length !== length) {
    throw new RangeError(
      `a tensor of type ${type.name} and shape [${shape}] needs a ${needed} of ${length}, not a ${came} of ${values.length}`,
    );
  }
  return values as Float32Array;
}

function pairs(halves: Int32Array): BigInt64Array {
  return new BigInt64Array(halves.slice(0, halves.length - (halves.length % 2)).buffer);
}

function elements(shape: readonly number[]): number {
  const largest = shape.reduce((product, size) => product * Math.max(1, size), 1);
  if (shape.length > LARGEST_RANK || !shape.every((size) => Number.isInteger(size) && size >= 0) || largest > 2 ** 53) {
    throw new RangeError(`[${shape}] is no shape of a tensor`);
  }
  return shape.reduce((product, size) => product * size, 1);
}
