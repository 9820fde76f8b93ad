import { isMainThread } from 'node:worker_threads';
import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.js';
import { Binding } from './binding.js';
import type { Context } from './context.js';
import { registerKernels } from './kernels.js';
import { loadTfjsNode } from './tfjs-node.js';

/** As in tfjs-node: above every other backend. */
const PRIORITY = 3;

let hasKernels = false;
let registered = false;

/**
 * Registers the kernels of the backend: tfjs-node's, some of them replaced. They need no library until they run.
 *
 * @throws BackendError when another package has registered a backend of this name
 */
export function loadKernels(): void {
  if (hasKernels) return;
  if (findBackendFactory('tensorflow')) {
    const message =
      'another package, such as @tensorflow/tfjs-node, has registered a backend named tensorflow; do not load it';
    throw new BackendError(message, 'tensorflow');
  }
  loadTfjsNode();
  registerKernels();
  hasKernels = true;
}

/**
 * Registers TensorFlow as a backend of TensorFlow.js, once.
 *
 * @throws BackendError when another package has registered a backend of this name
 */
export function register(context: Context): void {
  if (registered) return;
  loadKernels();
  const { NodeJSKernelBackend } = loadTfjsNode();
  registerBackend(
    'tensorflow',
    () => {
      const binding = new Binding(context);
      const backend = new NodeJSKernelBackend(
        binding,
        context.gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
      );
      backend.dispose = () => binding.dispose();
      // Before their context is deleted.
      if (!isMainThread) process.prependOnceListener('exit', () => binding.dispose());
      return backend;
    },
    PRIORITY,
  );
  registered = true;
}
