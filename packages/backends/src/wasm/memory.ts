import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { memoryError } from '../memory-error.js';

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

/** A `WebAssembly.Module`, which may be passed to other threads. */
export type Module = object;

/** The part of the global `WebAssembly` that is used here. The types of Node 20 lack it. */
interface Global {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => Module;
    readonly Instance: new (
      module: Module,
      imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>,
    ) => { readonly exports: Readonly<Record<string, unknown>> };
  };
}

const WebAssembly = (globalThis as unknown as Global).WebAssembly;

/**
 * Compiles a module.
 *
 * @throws WebAssembly.CompileError for bytes that are not a module, or use instructions that the machine lacks
 */
export function compileModule(bytes: Uint8Array): Module {
  return new WebAssembly.Module(bytes);
}

/**
 * Instantiates a module that imports a memory, as `memory.memory`, and nothing else.
 *
 * @returns its exports
 */
export function instantiate(module: Module, memory: Memory): Readonly<Record<string, unknown>> {
  return new WebAssembly.Instance(module, { memory: { memory } }).exports;
}

/** Backends whose allocations are checked. */
const guarded = new WeakSet<object>();

/**
 * Lets allocations fail that the memory is too small for: TensorFlow.js's package does not look whether one has failed, and
 * writes over what lies at the start of the memory.
 *
 * @param backend whose tensors are allocated from now on with a MemoryError where memory is used up
 */
export function guardMemory(backend: BackendWasm): void {
  const module = backend.wasm as unknown as Allocating;
  if (guarded.has(module)) return;
  guarded.add(module);
  const held = () => Math.round(wasmMemory(backend).memory.buffer.byteLength / 2 ** 20);
  const usedUp = (needed: string) =>
    memoryError(
      `not enough memory: the wasm backend holds ${held()} MiB and needs ${needed} more; use a smaller model or batch, or the backend tensorflow`,
    );
  // Emscripten's function replaces itself in the module when it is first called, and would replace the guard then.
  module._free(module._malloc(1));
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const address = allocate(bytes);
    const fits = bytes === 0 || (address !== 0 && (address >>> 0) + bytes <= TENSORS_END);
    if (fits) return address;
    if (address !== 0) module._free(address);
    throw usedUp(`${Math.ceil(bytes / 2 ** 20)} MiB`);
  };
  // A kernel that cannot allocate aborts. An error from here keeps the module alive, so that tensors can be freed.
  module.onAbort = () => {
    if (held() > NEARLY_ALL_MIB) throw usedUp('some');
  };
}

/** Emscripten's names. */
interface Allocating {
  _malloc(bytes: number): number;
  _free(address: number): void;
  onAbort?: () => void;
}

/** A WebAssembly memory ends at 4096 MiB at the latest, and grows in steps. */
const NEARLY_ALL_MIB = 3000;
/** Tensors end here. The rest is for what kernels allocate themselves: they write through a pointer that is null without it. */
const TENSORS_END = 3072 * 2 ** 20;
