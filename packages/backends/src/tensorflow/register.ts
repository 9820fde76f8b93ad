import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.js';
import { Binding } from './binding.js';
import type { Context } from './context.js';
import { registerKernels } from './kernels.js';
import { loadTfjsNode } from './tfjs-node.js';

/** Above that of every other backend, as in tfjs-node. */
const PRIORITY = 3;

let registered = false;

/**
 * Makes TensorFlow a backend of TensorFlow.js, once: tfjs-node's kernels with ours in their places.
 *
 * @throws BackendError when another package has taken the name
 */
export function register(context: Context): void {
  if (registered) return;
  if (findBackendFactory('tensorflow')) {
    const message =
      'another package, as @tensorflow/tfjs-node, has registered a backend named tensorflow; do not load it';
    throw new BackendError(message, 'tensorflow', []);
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
