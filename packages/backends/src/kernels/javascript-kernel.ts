import { findBackend, getKernel, type KernelBackend, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';

/** A kernel's inputs: by name, in a list, or lists by name. */
type Inputs = TensorInfo | undefined | readonly Inputs[] | { readonly [name: string]: Inputs };

/** The members of TensorFlow.js's cpu backend that are used here. */
interface CpuBackend extends KernelBackend {
  firstUse: boolean;
  makeTensorInfo(shape: number[], dtype: string, values: unknown): TensorInfo;
}

let loadCpuBackend = () => {};

/**
 * Sets how TensorFlow.js's cpu backend is loaded when a {@link javaScriptKernel} is called first. A kernel cannot wait
 * for an import, so the function must load it synchronously. Without one, it must be loaded before.
 */
export function setCpuBackendLoader(load: () => void): void {
  loadCpuBackend = load;
}

/**
 * A kernel that copies its inputs to TensorFlow.js's cpu backend, computes there, and copies the outputs back. It is
 * slow, for operations that are rare.
 */
export function javaScriptKernel(name: string) {
  return ({ inputs, backend, attrs }: { inputs: Inputs; backend: KernelBackend; attrs: NamedAttrMap }) => {
    const cpu = cpuBackend(name);
    const kernel = getKernel(name, 'cpu');
    if (!kernel) throw new Error(`the cpu backend has no kernel ${name}`);
    const copies: TensorInfo[] = [];
    const copied = (input: Inputs): Inputs => {
      if (!input) return undefined;
      if (Array.isArray(input)) return input.map(copied);
      if (!isTensor(input)) return Object.fromEntries(Object.entries(input).map(([name, x]) => [name, copied(x)]));
      const copy = cpu.makeTensorInfo(input.shape, input.dtype, backend.readSync(input.dataId as object));
      copies.push(copy);
      return copy;
    };
    const results: TensorInfo[] = [];
    try {
      const outputs = kernel.kernelFunc({ inputs: copied(inputs) as never, backend: cpu, attrs });
      results.push(...[outputs].flat());
      const back = results.map(({ dataId, shape, dtype }) => {
        return { dataId: backend.write(cpu.readSync(dataId), shape, dtype), shape, dtype };
      });
      return Array.isArray(outputs) ? back : (back[0] as TensorInfo);
    } finally {
      for (const { dataId } of [...copies, ...results]) cpu.disposeData(dataId, true);
    }
  };
}

function isTensor(input: Inputs): input is TensorInfo {
  return typeof input === 'object' && 'dataId' in input;
}

function cpuBackend(kernelName: string): CpuBackend {
  loadCpuBackend();
  const cpu = findBackend('cpu') as CpuBackend | null;
  if (!cpu) throw new Error(`${kernelName} runs on the cpu backend: import @tensorflow/tfjs-backend-cpu first`);
  // Otherwise the first tensor prints an advertisement for another package.
  cpu.firstUse = false;
  return cpu;
}
