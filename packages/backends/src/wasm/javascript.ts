import { createRequire } from 'node:module';
import { type NamedAttrMap, type TensorInfo, findBackend, getKernel, type KernelBackend } from '@tensorflow/tfjs-core';

/** Tensors in the arrangement that a kernel has for its inputs: by name, in a list, or lists by name. */
type Inputs = TensorInfo | undefined | readonly Inputs[] | { readonly [name: string]: Inputs };

/** What both backends' classes have beyond their common base. */
interface CpuBackend extends KernelBackend {
  firstUse: boolean;
  makeTensorInfo(shape: number[], dtype: string, values: unknown): TensorInfo;
}

const require = createRequire(import.meta.url);

/**
 * A kernel that copies its inputs to the plain JavaScript backend, computes there, and copies the outputs back: slow, for
 * what is rare. That backend is loaded on the first call, which cannot wait for an import.
 */
export function viaJavaScript(name: string) {
  return ({ inputs, backend, attrs }: { inputs: Inputs; backend: KernelBackend; attrs: NamedAttrMap }) => {
    const cpu = javaScriptBackend();
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

function javaScriptBackend(): CpuBackend {
  require('@tensorflow/tfjs-backend-cpu');
  const cpu = findBackend('cpu') as CpuBackend;
  // Otherwise the first tensor prints an advertisement for another package.
  cpu.firstUse = false;
  return cpu;
}
