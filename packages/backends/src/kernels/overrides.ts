import { getKernel, type KernelConfig, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** The kernels that lrfind has replaced, by backend and name. */
const originals = new Map<string, KernelConfig>();

const keyOf = (backendName: string, kernelName: string) => `${backendName}/${kernelName}`;

/** Replaces kernels of a backend, once. TensorFlow.js's own must be registered before. */
export function overrideKernels(backendName: string, kernels: Readonly<Record<string, KernelFunc>>): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    const present = getKernel(kernelName, backendName);
    if (present?.kernelFunc === kernelFunc) continue;
    if (present) {
      originals.set(keyOf(backendName, kernelName), present);
      // Registering over a kernel prints a warning.
      unregisterKernel(kernelName, backendName);
    }
    // Keeps the set-up function of the original kernel, because the new one may call that kernel.
    registerKernel({ ...present, kernelName, backendName, kernelFunc });
  }
}

/**
 * TensorFlow.js's own kernel, whether or not lrfind has replaced it.
 *
 * @throws Error when the backend has no such kernel
 */
export function originalKernel(backendName: string, kernelName: string): KernelConfig {
  const kernel = originals.get(keyOf(backendName, kernelName)) ?? getKernel(kernelName, backendName);
  if (!kernel) throw new Error(`the ${backendName} backend has no kernel ${kernelName}`);
  return kernel;
}
