import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { getKernel, type KernelFunc, registerKernel, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { STATELESS_RANDOM_UNIFORM, type StatelessUniformAttributes } from './stateless-uniform.js';
import { fillUniform, streamState } from './xoshiro128.js';

/** Adds the kernel `StatelessRandomUniform` to the cpu backend, once. */
export function registerStatelessUniformOnCpu(): void {
  if (getKernel(STATELESS_RANDOM_UNIFORM, 'cpu')) return;
  registerKernel({ kernelName: STATELESS_RANDOM_UNIFORM, backendName: 'cpu', kernelFunc });
}

const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) => {
  const cpu = backend as MathBackendCPU;
  const { shape, salt } = attrs as unknown as StatelessUniformAttributes;
  const seed = cpu.readSync((inputs.seed as TensorInfo).dataId) as Int32Array;
  const values = new Float32Array(util.sizeFromShape(shape));
  fillUniform(values, streamState(seed, salt));
  return cpu.makeTensorInfo(shape, 'float32', values);
};
