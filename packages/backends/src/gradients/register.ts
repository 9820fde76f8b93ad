import * as tf from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { functions, steps } from './functions.js';
import type { Gradients } from './gradient.js';
import { layers } from './layers.js';
import { reductions } from './reductions.js';
import { shapes } from './shapes.js';

/** The table of gradients, by TensorFlow.js's names of the kernels. */
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
 * Registers the gradients that are missing. TensorFlow.js's core comes to Node without any: they are only bundled with
 * the union package, which brings every backend and converter along. Where that is loaded, its own stay.
 */
export function registerGradients(): void {
  for (const [kernelName, { inputs, output, slopes }] of Object.entries(GRADIENTS)) {
    if (tf.getGradient(kernelName)) continue;
    tf.registerGradient({
      kernelName,
      ...(inputs === 'all' ? { saveAllInputs: true } : { inputsToSave: [...(inputs ?? [])] }),
      outputsToSave: output ? [true] : [],
      gradFunc: slopes,
    });
  }
}
