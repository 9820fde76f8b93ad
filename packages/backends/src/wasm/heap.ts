import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The arguments of a kernel: its tensors by name, the backend that holds them, and its attributes. */
export interface KernelCall<Inputs extends string, Attributes = unknown> {
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  readonly backend: BackendWasm;
  readonly attrs: Attributes;
}

/*
 * Tensors live on one WebAssembly heap. Allocating may grow it, which detaches every view taken before. So a kernel
 * must allocate all outputs first and take the views afterwards.
 */

/** A view of a float32 tensor's values. Writing changes the tensor. Invalid after the next allocation. */
export function floats(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** A view of an int32 tensor's values, as {@link floats}. */
export function ints(backend: BackendWasm, tensor: TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}

/** The position of a tensor's first value, in bytes from the start of the heap. Stays valid when the heap grows. */
export function addressOf(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.getMemoryOffset(dataId);
}

/** A view of the same numbers as bits: a mask selects between a number and 0 without a branch. */
export function bits({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** The same values in another shape, without a copy. Must be freed like any other tensor. */
export function reshaped(backend: BackendWasm, tensor: TensorInfo, shape: number[]): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}

/** Frees tensors that a kernel made for its own use. */
export function free(backend: BackendWasm, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return util.sizeFromShape(shape as number[]);
}
