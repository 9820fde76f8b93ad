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
 * Registers the gradients that are missing, and those that correct TensorFlow.js's own. Its core comes to Node without
 * any; the package of layers and the union package bring them.
 */
export function registerGradients(): void {
  for (const [kernelName, { corrects, inputs, output, slopes }] of Object.entries(GRADIENTS)) {
    const present = tf.getGradient(kernelName);
    if (present && (!corrects || present.gradFunc === slopes)) continue;
    if (present) tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      ...(inputs === 'all' ? { saveAllInputs: true } : { inputsToSave: [...(inputs ?? [])] }),
      outputsToSave: output ? [true] : [],
      gradFunc: slopes,
    });
  }
}
