import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { env } from '@tensorflow/tfjs-core';
import { type WasmMemory, wasmMemory } from '../memory.js';
import { instantiate, type Memory } from '../web-assembly.js';
import { type Code, I32, list, sized, unsigned } from './instructions.js';

/** A function that works on the memory and returns nothing. */
export interface SimdFunction {
  /** The number of its parameters, which are all i32. */
  readonly parameters: number;
  /** The types of the locals, numbered from the parameters on. */
  readonly locals: readonly number[];
  readonly code: Code;
}

/** A compiled {@link SimdFunction}: takes addresses in bytes and sizes. */
export type Compiled = (...parameters: number[]) => void;

/**
 * Compiles functions as one module on a backend's memory.
 *
 * @throws WebAssembly.CompileError on a machine without SIMD
 */
export function compileFunctions(functions: readonly SimdFunction[], { memory, shared }: WasmMemory): Compiled[] {
  const name = (text: string) => sized([...new TextEncoder().encode(text)]);
  const limits = shared ? [0x03, ...unsigned(1), ...unsigned(65536)] : [0x00, ...unsigned(1)];
  const section = (id: number, items: readonly Code[]) => [id, ...sized(list(items))];
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...list(Array<Code>(parameters).fill([I32])), 0]),
    ),
    ...section(2, [[...name('memory'), ...name('memory'), 0x02, ...limits]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      functions.map((_, index) => [...name(`${index}`), 0x00, ...unsigned(index)]),
    ),
    ...section(
      10,
      functions.map(({ locals, code }) => sized([...list(locals.map((type) => [1, type])), ...code, 0x0b])),
    ),
  ];
  const exported = instantiate(new Uint8Array(bytes), memory);
  return functions.map((_, index) => exported[`${index}`] as Compiled);
}

/**
 * Functions that serve all shapes, so that they are compiled but once for each backend's memory.
 *
 * @returns what gives them for a backend: undefined on a machine without SIMD
 */
export function compiledOnce(
  functions: () => readonly SimdFunction[],
): (backend: BackendWasm) => readonly Compiled[] | undefined {
  const known = new WeakMap<Memory, readonly Compiled[]>();
  return (backend) => {
    if (!env().getBool('WASM_HAS_SIMD_SUPPORT')) return undefined;
    const memory = wasmMemory(backend);
    const compiled = known.get(memory.memory) ?? compileFunctions(functions(), memory);
    known.set(memory.memory, compiled);
    return compiled;
  };
}

/**
 * A function with named parameters, in the order of the names.
 *
 * @param body makes the code from the numbers of the parameters, and `local`, which gives the number of a new local
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
