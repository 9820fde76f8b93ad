import type { Functions, Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { DataType } from './data-types.js';
import { execute } from './execute.js';

/** The size of a `TF_TString`, the element of a string tensor, in bytes. */
const STRING_BYTES = 24;

/**
 * Creates a tensor of strings.
 *
 * @param values the bytes of each string
 * @returns its handle, which the caller must delete
 */
export function createStrings(context: Context, shape: readonly number[], values: readonly Uint8Array[]): Pointer {
  const { c, status } = context;
  const tensor = c.AllocateTensor(DataType.string, shape, shape.length, STRING_BYTES * values.length);
  const strings = addresses(c, tensor, values.length);
  try {
    strings.forEach((string, i) => {
      const value = values[i] as Uint8Array;
      c.StringInit(string);
      c.StringCopy(string, value, value.length);
    });
    const handle = c.NewTensorHandle(tensor, status.pointer);
    status.check();
    try {
      // Deleting this tensor would not free its long strings, which are stored outside of it. A computed copy frees its
      // own.
      return execute(context, 'DeepCopy', [], [handle], 1)[0] as Pointer;
    } finally {
      c.DeleteTensorHandle(handle);
    }
  } finally {
    for (const string of strings) c.StringDealloc(string);
    c.DeleteTensor(tensor);
  }
}

/** The bytes of each string of a tensor. */
export function readStrings(c: Functions, tensor: Pointer): Uint8Array[] {
  return addresses(c, tensor, c.TensorElementCount(tensor)).map((string) => {
    const bytes = new Uint8Array(c.StringGetSize(string));
    if (bytes.length > 0) c.memcpy(bytes, c.StringGetDataPointer(string), bytes.length);
    return bytes;
  });
}

function addresses(c: Functions, tensor: Pointer, count: number): Pointer[] {
  if (count === 0) return [];
  const first = c.TensorData(tensor);
  return Array.from({ length: count }, (_, i) => first + BigInt(STRING_BYTES * i));
}
