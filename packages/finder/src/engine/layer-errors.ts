import { InputError } from '@lrfind/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { override } from './override.js';

/** Errors that are no refusal by TensorFlow.js: of a program, and those that name their cause already. */
const FAULTS = [InputError, TypeError, ReferenceError, RangeError, SyntaxError];

/**
 * Runs `action` while errors of a layer become a message to the caller that names it. TensorFlow.js finds out only when a layer
 * computes that its parameters do not fit its input, and then names neither.
 *
 * @param parts the layers of the model, to any depth: `layersWithin(model)`
 * @param action synchronous
 * @throws InputError in place of TensorFlow.js's error, which is its cause; a mistake in a program, such as a TypeError,
 *   stays as it is
 */
export function namingLayers<Result>(parts: ReadonlySet<layers.Layer>, action: () => Result): Result {
  const restores = [...parts].map((layer) => {
    const apply = layer.apply as (...given: unknown[]) => unknown;
    const named = (input: unknown, options?: object) => {
      try {
        // A recurrent layer writes its first states into the options, which all layers of a model share.
        return apply.call(layer, input, options && { ...options });
      } catch (error) {
        // WebAssembly has RuntimeErrors of its own.
        const isFault = !(error instanceof Error) || error.name === 'RuntimeError';
        if (isFault || FAULTS.some((kind) => error instanceof kind)) throw error;
        const shapes = [input].flat().map((each) => `[${(each as Tensor).shape.join(', ')}]`);
        throw new InputError(
          `layer "${layer.name}" (${layer.getClassName()}) cannot compute its input of shape ${shapes.join(' and ')}: ${error.message}`,
          { cause: error },
        );
      }
    };
    return override(layer, 'apply', named);
  });
  try {
    return action();
  } finally {
    for (const restore of restores) restore();
  }
}
