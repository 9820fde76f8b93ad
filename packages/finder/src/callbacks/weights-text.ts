import { fromBase64, InputError, notAllowed, toBase64 } from '@lrfind/core';
import { getBackend, keep, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';

/** Tensors as text, bit for bit, NaN too: their float32 or int32 values in base64. */
export async function weightsToText(weights: readonly Tensor[]): Promise<string[]> {
  return (await Promise.all(weights.map((weight) => weight.data()))).map(toBase64);
}

/**
 * The same at once.
 *
 * @param what holds them, such as `earlyStopping`
 * @throws InputError on a backend that reads later only, as webgpu does
 */
export function weightsToTextNow(weights: readonly Tensor[], what: string): string[] {
  return weights.map((weight) => {
    let values: ArrayBufferView;
    try {
      values = weight.dataSync();
    } catch (error) {
      throw new InputError(
        `the state of ${what} has weights, which ${getBackend()} cannot read at once: await readState() in place of state()`,
        { cause: error },
      );
    }
    return toBase64(values);
  });
}

/**
 * The tensors that {@link weightsToText} saved; the caller disposes them.
 *
 * @param like tensors of the same shapes and types
 * @throws InputError when the text holds other weights
 */
export function weightsFromText(text: readonly string[], like: readonly Tensor[]): Tensor[] {
  if (text.length !== like.length) {
    throw new InputError(`the state must have as many weights as the model, ${like.length}; got ${text.length}`);
  }
  return like.map(({ shape, size, dtype }, i) => {
    const bytes = bytesOf(text[i] as string, i);
    if (bytes.length !== size * 4) {
      throw new InputError(
        `weight ${i} of the state must have shape [${shape}], as in the model; got ${bytes.length / 4} elements`,
      );
    }
    const values = dtype === 'int32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
    return tidy(() => keep(tensor(values, shape, dtype)));
  });
}

function bytesOf(text: string, i: number): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(text);
  } catch {
    throw notAllowed(`weight ${i} of the state`, 'base64', text);
  }
}
