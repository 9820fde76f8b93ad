import { setWebGpuImport, useBackend } from '@lrfind/backends';

// Loaded only where a graphics processor is measured.
setWebGpuImport(() => import('@tensorflow/tfjs-backend-webgpu'));

/** Opens WebAssembly, whose files are next to the page. A search or training may move to a graphics processor that is faster for it. */
export function openBackend() {
  return useBackend('auto', { wasmPaths: new URL('wasm/', location.href).href, byPace: true });
}
