import { useBackend } from '@lrfind/backends';

/** Opens WebAssembly, whose files are next to the page. */
export function openWasm() {
  return useBackend('wasm', { wasmPaths: new URL('wasm/', location.href).href });
}
