import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';

/** What a kernel gets: its tensors by name, the backend that holds them, and its attributes. */
export interface KernelCall<Inputs extends string, Attributes = unknown> {
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  readonly backend: BackendWasm;
  readonly attrs: Attributes;
}

/*
 * Tensors live on one WebAssembly heap. Allocating may grow it, which detaches every view taken before. So in a kernel:
 * allocate all outputs first, then take the views.
 */

/** A float32 tensor's values on the heap, live: writing changes the tensor. Stale after the next allocation. */
export function floats(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** An int32 tensor's values on the heap, as {@link floats}. */
export function ints(backend: BackendWasm, tensor: TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}

/** Where a tensor's values begin, in bytes from the start of the heap; stays right when the heap grows. */
export function addressOf(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.getMemoryOffset(dataId);
}

/** The same numbers as bits, live: a mask chooses between a number and 0 without a branch. */
export function bits({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** The same values in another shape, without a copy; to be freed like any other tensor. */
export function reshaped(backend: BackendWasm, tensor: TensorInfo, shape: number[]): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}

/** Gives tensors back that a kernel made for itself. */
export function free(backend: BackendWasm, ...tensors: TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return util.sizeFromShape(shape as number[]);
}
