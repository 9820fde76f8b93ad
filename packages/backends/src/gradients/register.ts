import * as tf from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { functions, steps } from './functions.js';
import type { Gradients } from './gradient.js';
import { layers } from './layers.js';
import { reductions } from './reductions.js';
import { shapes } from './shapes.js';

/** Every gradient, by TensorFlow.js's name of the kernel. */
const GRADIENTS: Gradients = {
  ...activations,
  ...arithmetic,
  ...functions,
  ...layers,
  ...reductions,
  ...shapes,
  ...steps,
};

/**
 * Registers the gradients that are missing, and those that override TensorFlow.js's own. In Node,
 * `@tensorflow/tfjs-core` has no gradients; `@tensorflow/tfjs-layers` and the union package `@tensorflow/tfjs` do.
 */
export function registerGradients(): void {
  for (const [kernelName, { overrides, inputs, output, gradFunc }] of Object.entries(GRADIENTS)) {
    const present = tf.getGradient(kernelName);
    if (present && (!overrides || present.gradFunc === gradFunc)) continue;
    if (present) tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      ...(inputs === 'all' ? { saveAllInputs: true } : { inputsToSave: [...(inputs ?? [])] }),
      outputsToSave: output ? [true] : [],
      gradFunc,
    });
  }
}
