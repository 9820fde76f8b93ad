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
 * A page, where TensorFlow.js's package starts itself: with threads where the page is cross-origin isolated. Kernels that run
 * on its cpu backend cannot wait for an import, so that backend is loaded before.
 */
export const browserPlatform: WasmPlatform = {
  async configure({ wasmPaths = wasmFolder }) {
    const [{ setWasmPaths }] = await Promise.all([
      import('@tensorflow/tfjs-backend-wasm'),
      import('@tensorflow/tfjs-backend-cpu'),
    ]);
    if (wasmPaths !== undefined) setWasmPaths(wasmPaths as Parameters<typeof setWasmPaths>[0]);
    return (packageFactory) => packageFactory;
  },
  threadNote: () => undefined,
  limitThreads: () => {},
};
