import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Memory } from './web-assembly.js';

/** The memory that holds a backend's tensors. */
export interface WasmMemory {
  readonly memory: Memory;
  /** Whether several threads share it, which a module that imports it must declare. */
  readonly shared: boolean;
}

/** The memory of the running backend, on which further WebAssembly modules may be instantiated. */
export function wasmMemory(backend: BackendWasm): WasmMemory {
  // Emscripten's own names: a module with threads imports its memory, one without exports it.
  const module = backend.wasm as unknown as {
    wasmMemory?: Memory;
    asm: { memory?: Memory };
  };
  const memory = (module.wasmMemory ?? module.asm.memory) as Memory;
  return { memory, shared: memory.buffer instanceof SharedArrayBuffer };
}
