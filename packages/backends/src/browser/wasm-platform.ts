import type { WasmPlatform } from '../wasm/backend.js';

/**
 * A page, where TensorFlow.js's package starts itself: with threads where the page is cross-origin isolated. Kernels that run
 * on its cpu backend cannot wait for an import, so that backend is loaded before.
 */
export const browserPlatform: WasmPlatform = {
  async configure({ wasmPaths }) {
    const [{ setWasmPaths }] = await Promise.all([
      import('@tensorflow/tfjs-backend-wasm'),
      import('@tensorflow/tfjs-backend-cpu'),
    ]);
    if (wasmPaths !== undefined) setWasmPaths(wasmPaths as Parameters<typeof setWasmPaths>[0]);
    return (packageFactory) => packageFactory;
  },
  threadNote: () => undefined,
  usePool: () => {},
};
