import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';
import { findPackage } from './find-package.js';
import { registerStatelessUniformOnCpu } from './random/on-cpu.js';

/** Plain JavaScript: slow, and wrong in a few gradients (padded average pooling, nearest upsampling of a batch). */
export const cpu: Backend = {
  name: 'cpu',
  summary: 'plain JavaScript, only on request: slow, and wrong in a few gradients',
  corrects: true,
  find: () => findPackage('@tensorflow/tfjs-backend-cpu', 'CPU (JavaScript)'),
  async open() {
    const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
    registerStatelessUniformOnCpu();
    await tf.setBackend('cpu');
    // Otherwise the first tensor prints an advertisement for another package.
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    return { version: version_cpu, device: 'CPU (JavaScript)' };
  },
};
