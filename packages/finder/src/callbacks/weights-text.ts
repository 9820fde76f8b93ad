import { keep, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { InputError } from '@lrfind/core';

/** Tensors as text that gives the same bits back, NaN too: their float32 or int32 values in base64. */
export function weightsToText(weights: readonly Tensor[]): string[] {
  return weights.map((weight) => {
    const { buffer, byteOffset, byteLength } = weight.dataSync();
    let text = '';
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) text += String.fromCharCode(byte);
    return btoa(text);
  });
}

/**
 * The tensors of such text, which the caller frees.
 *
 * @param like tensors of the shapes and types that they had
 * @throws InputError when the text is of other weights
 */
export function weightsFromText(text: readonly string[], like: readonly Tensor[]): Tensor[] {
  if (text.length !== like.length) {
    throw new InputError(`the state has ${text.length} weights, the model has ${like.length}`);
  }
  return like.map(({ shape, size, dtype }, i) => {
    const bytes = Uint8Array.from(atob(text[i] as string), (letter) => letter.charCodeAt(0));
    if (bytes.length !== size * 4) {
      throw new InputError(
        `weight ${i} of the state has ${bytes.length / 4} elements, the model's has shape [${shape}]`,
      );
    }
    const values = dtype === 'int32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
    return tidy(() => keep(tensor(values, shape, dtype)));
  });
}
