import type { Functions, Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { DataType } from './data-types.js';
import { execute } from './execute.js';

/** Bytes of a `TF_TString`, of which a tensor of strings is made. */
const WIDTH = 24;

/** Makes a tensor of strings from their bytes; the caller deletes its handle. */
export function createStrings(context: Context, shape: readonly number[], values: readonly Uint8Array[]): Pointer {
  const { c, status } = context;
  const tensor = c.AllocateTensor(DataType.string, shape, shape.length, WIDTH * values.length);
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
      // Long strings lie outside of the tensor, which does not free them when it goes; those of a computed one it does.
      return execute(context, 'DeepCopy', [], [handle], 1)[0] as Pointer;
    } finally {
      c.DeleteTensorHandle(handle);
    }
  } finally {
    for (const string of strings) c.StringDealloc(string);
    c.DeleteTensor(tensor);
  }
}

/** The bytes of the strings in a tensor. */
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
  return Array.from({ length: count }, (_, i) => first + BigInt(WIDTH * i));
}
