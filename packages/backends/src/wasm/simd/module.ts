import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { env } from '@tensorflow/tfjs-core';
import { compileModule, instantiate, type Memory, type Module, type WasmMemory, wasmMemory } from '../memory.js';
import { type Code, I32, sizePrefixed, unsignedLeb128, vector } from './instructions.js';

/** A WebAssembly function that works on the memory and returns nothing. */
export interface SimdFunction {
  /** The number of its parameters, which are all i32. */
  readonly parameters: number;
  /** The types of the locals, whose indices follow those of the parameters. */
  readonly locals: readonly number[];
  readonly code: Code;
}

/** A compiled {@link SimdFunction}. Its arguments are addresses in bytes and sizes. */
export type CompiledSimdFunction = (...parameters: number[]) => void;

/**
 * Compiles functions as one module on a backend's memory.
 *
 * @throws WebAssembly.CompileError on a machine without SIMD
 */
export function compileFunctions(
  functions: readonly SimdFunction[],
  { memory, shared }: WasmMemory,
): CompiledSimdFunction[] {
  const name = (text: string) => sizePrefixed([...new TextEncoder().encode(text)]);
  const limits = shared ? [0x03, ...unsignedLeb128(1), ...unsignedLeb128(65536)] : [0x00, ...unsignedLeb128(1)];
  const section = (id: number, items: readonly Code[]) => [id, ...sizePrefixed(vector(items))];
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...vector(Array<Code>(parameters).fill([I32])), 0]),
    ),
    ...section(2, [[...name('memory'), ...name('memory'), 0x02, ...limits]]),
    ...section(
      3,
      functions.map((_, index) => unsignedLeb128(index)),
    ),
    ...section(
      7,
      functions.map((_, index) => [...name(`${index}`), 0x00, ...unsignedLeb128(index)]),
    ),
    ...section(
      10,
      functions.map(({ locals, code }) => sizePrefixed([...vector(locals.map((type) => [1, type])), ...code, 0x0b])),
    ),
  ];
  const module = compileModule(new Uint8Array(bytes));
  const exported = instantiate(module, memory);
  return functions.map((_, index) => {
    const compiled = exported[`${index}`] as CompiledSimdFunction;
    origins.set(compiled, { module, name: `${index}` });
    return compiled;
  });
}

/** Where a function comes from. */
export interface FunctionOrigin {
  readonly module: Module;
  /** Its name among the exports of the module. */
  readonly name: string;
}

const origins = new WeakMap<CompiledSimdFunction, FunctionOrigin>();

/** The module of a compiled function, of which another thread can have an instance too. */
export function originOf(fn: CompiledSimdFunction): FunctionOrigin {
  return origins.get(fn) as FunctionOrigin;
}

/**
 * Compiles functions that work for all shapes, once for each backend's memory.
 *
 * @returns looks up the compiled functions for a backend: undefined on a machine without SIMD
 */
export function compilePerMemory(
  functions: () => readonly SimdFunction[],
): (backend: BackendWasm) => readonly CompiledSimdFunction[] | undefined {
  const cache = new WeakMap<Memory, readonly CompiledSimdFunction[]>();
  return (backend) => {
    if (!env().getBool('WASM_HAS_SIMD_SUPPORT')) return undefined;
    const memory = wasmMemory(backend);
    const compiled = cache.get(memory.memory) ?? compileFunctions(functions(), memory);
    cache.set(memory.memory, compiled);
    return compiled;
  };
}

/**
 * A function with named parameters, in the order of the names.
 *
 * @param body makes the code from the indices of the parameters; `local` declares a local and returns its index
 */
export function simdFunction<Name extends string>(
  names: readonly Name[],
  body: (parameters: Readonly<Record<Name, number>>, local: (type: number) => number) => Code,
): SimdFunction {
  const parameters = Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
  const locals: number[] = [];
  const code = body(parameters, (type) => names.length + locals.push(type) - 1);
  return { parameters: names.length, locals, code };
}
