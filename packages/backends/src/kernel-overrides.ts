import { type KernelConfig, type KernelFunc, getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** The kernels whose place one of ours has taken, by backend and name. */
const replaced = new Map<string, KernelConfig>();

const keyOf = (backendName: string, kernelName: string) => `${backendName}/${kernelName}`;

/** Puts kernels of ours in place, once; the stock ones must be registered before. */
export function overrideKernels(backendName: string, kernels: Readonly<Record<string, KernelFunc>>): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    const present = getKernel(kernelName, backendName);
    if (present?.kernelFunc === kernelFunc) continue;
    if (present) {
      replaced.set(keyOf(backendName, kernelName), present);
      // Registering over a kernel prints a warning.
      unregisterKernel(kernelName, backendName);
    }
    // The stock kernel's set-up stays, because ours may call it.
    registerKernel({ ...present, kernelName, backendName, kernelFunc });
  }
}

/**
 * The stock kernel of a name, also where one of ours has taken its place.
 *
 * @throws Error when the backend has no such kernel
 */
export function stockKernel(backendName: string, kernelName: string): KernelConfig {
  const kernel = replaced.get(keyOf(backendName, kernelName)) ?? getKernel(kernelName, backendName);
  if (!kernel) throw new Error(`the ${backendName} backend has no kernel ${kernelName}`);
  return kernel;
}
