import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, foundWithNpm } from './backend.js';
import { STATELESS_RANDOM_UNIFORM, type StatelessUniformAttributes } from './random/stateless-uniform.js';
import { fillUniform, streamState } from './random/xoshiro128.js';

/** Plain JavaScript: slow, and wrong in a few gradients (padded average pooling, nearest upsampling of a batch). */
export const cpu: Backend = {
  name: 'cpu',
  summary: 'plain JavaScript, only on request: slow, and wrong in a few gradients',
  corrects: true,
  npmPackage: '@tensorflow/tfjs-backend-cpu',
  find: () => foundWithNpm('CPU (JavaScript)'),
  async open() {
    const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
    if (!tf.getKernel(STATELESS_RANDOM_UNIFORM, 'cpu')) {
      tf.registerKernel({
        kernelName: STATELESS_RANDOM_UNIFORM,
        backendName: 'cpu',
        kernelFunc: statelessUniform,
      });
    }
    await tf.setBackend('cpu');
    // Otherwise the first tensor prints an advertisement for another package.
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
    return { version: version_cpu, device: 'CPU (JavaScript)' };
  },
};

const statelessUniform: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const cpuBackend = backend as MathBackendCPU;
  const { shape, salt } = attrs as unknown as StatelessUniformAttributes;
  const seed = cpuBackend.readSync((inputs.seed as tf.TensorInfo).dataId) as Int32Array;
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  fillUniform(values, streamState(seed, salt));
  return cpuBackend.makeTensorInfo(shape, 'float32', values);
};
