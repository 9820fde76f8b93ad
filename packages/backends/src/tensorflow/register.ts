import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.js';
import { Binding } from './binding.js';
import type { Context } from './context.js';
import { registerKernels } from './kernels.js';
import { loadTfjsNode } from './tfjs-node.js';

/** As in tfjs-node: above every other backend. */
const PRIORITY = 3;

let registered = false;

/**
 * Registers TensorFlow as a backend of TensorFlow.js, once: tfjs-node's kernels, some of them replaced.
 *
 * @throws BackendError when another package has registered a backend of this name
 */
export function register(context: Context): void {
  if (registered) return;
  if (findBackendFactory('tensorflow')) {
    const message =
      'another package, such as @tensorflow/tfjs-node, has registered a backend named tensorflow; do not load it';
    throw new BackendError(message, 'tensorflow');
  }
  const { NodeJSKernelBackend } = loadTfjsNode();
  registerKernels();
  registerBackend(
    'tensorflow',
    () => {
      const binding = new Binding(context);
      const backend = new NodeJSKernelBackend(
        binding,
        context.gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
      );
      backend.dispose = () => binding.dispose();
      return backend;
    },
    PRIORITY,
  );
  registered = true;
}
