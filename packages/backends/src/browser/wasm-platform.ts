import { env } from '@tensorflow/tfjs-core';
import type { WasmPlatform } from '../wasm/backend.js';

let wasmFolder: string | undefined;

/**
 * Says where a page finds the files of WebAssembly when `useBackend` does not. By default TensorFlow.js's package looks beside the page.
 *
 * @param folder its URL, ending with a slash
 */
export function setWasmFolder(folder: string): void {
  wasmFolder = folder;
}

/**
 * A page, where TensorFlow.js's package starts itself: with a thread for every two processors where the page is cross-origin isolated.
 * Kernels that run on its cpu backend cannot wait for an import, so that backend is loaded before.
 */
export const browserPlatform: WasmPlatform = {
  async configure({ wasmPaths = wasmFolder }) {
    const [{ setWasmPaths }] = await Promise.all([
      import('@tensorflow/tfjs-backend-wasm'),
      import('@tensorflow/tfjs-backend-cpu'),
    ]);
    if (wasmPaths !== undefined) setWasmPaths(wasmPaths as Parameters<typeof setWasmPaths>[0]);
    // One thread would come with eight workers that have nothing to do.
    const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency: number } };
    if (!navigator || navigator.hardwareConcurrency < 4) env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    return (packageFactory) => packageFactory;
  },
  threadNote: () => undefined,
  limitThreads: () => {},
};
