import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** A `WebAssembly.Memory`. */
export interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** The memory that holds a backend's tensors. */
export interface WasmMemory {
  readonly memory: Memory;
  /** Whether threads share it. A module that imports it must declare so. */
  readonly shared: boolean;
}

/** The memory of the running backend. Further WebAssembly modules may be instantiated on it. */
export function wasmMemory(backend: BackendWasm): WasmMemory {
  // Emscripten's names: a module with threads imports its memory, one without exports it.
  const module = backend.wasm as unknown as {
    wasmMemory?: Memory;
    asm: { memory?: Memory };
  };
  const memory = (module.wasmMemory ?? module.asm.memory) as Memory;
  // A page without cross-origin isolation has no SharedArrayBuffer.
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  return { memory, shared };
}

/** The part of the global `WebAssembly` that is used here. The types of Node 20 lack it. */
interface Global {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (
      module: object,
      imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>,
    ) => { readonly exports: Readonly<Record<string, unknown>> };
  };
}

const { Module, Instance } = (globalThis as unknown as Global).WebAssembly;

/**
 * Compiles and instantiates a module that imports a memory, as `memory.memory`, and nothing else.
 *
 * @returns its exports
 * @throws WebAssembly.CompileError for bytes that are not a module, or use instructions that the machine lacks
 */
export function instantiate(bytes: Uint8Array, memory: Memory): Readonly<Record<string, unknown>> {
  return new Instance(new Module(bytes), { memory: { memory } }).exports;
}
