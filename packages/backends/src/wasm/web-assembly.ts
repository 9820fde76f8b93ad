/** A WebAssembly memory. */
export interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** The part of the global `WebAssembly` that is used here; the types of Node 20 leave it out. */
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
 * Compiles and links a module that needs a memory alone, imported as `memory.memory`.
 *
 * @returns what it exports
 * @throws WebAssembly.CompileError for bytes that are no module, or need what the machine lacks
 */
export function instantiate(bytes: Uint8Array, memory: Memory): Readonly<Record<string, unknown>> {
  return new Instance(new Module(bytes), { memory: { memory } }).exports;
}
