import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf, free } from './heap.js';
import { type Memory, wasmMemory } from './memory.js';
import { type CompiledSimdFunction, type FunctionOrigin, originOf } from './simd/module.js';

/** Threads that run lrfind's own WebAssembly functions on the memory of a backend. */
export interface KernelThreads {
  /** The number of threads with the caller's; 1 while they are turned off. */
  readonly count: number;
  /** Runs the calls of a function, each once, in any order. Returns when all have ended. */
  run(fn: CompiledSimdFunction, origin: FunctionOrigin, calls: Calls): void;
}

/** Calls of a function that do not depend on each other. */
export interface Calls {
  /** The arguments of one call after those of another. */
  readonly list: Int32Array;
  /** How many arguments there are for each; the scratch, which comes before them, is not counted. */
  readonly width: number;
  /** How many calls a thread takes at a time. */
  readonly atOnce: number;
  /** Memory for each thread's own use, whose address is the first argument: bytes for each thread. */
  readonly scratch?: { readonly address: number; readonly bytes: number };
}

/** The threads of each memory that has some. */
const threadsOf = new WeakMap<Memory, KernelThreads>();

/** Lets the functions on a memory be shared among threads. */
export function setKernelThreads(memory: Memory, threads: KernelThreads): void {
  threadsOf.set(memory, threads);
}

/** Less work than this is done sooner by the caller than by threads that must wake up: about 0.1 ms. */
const MIN_OPERATIONS = 1.5e6;
/** Parts of the work for each thread: the last ones to end leave the others waiting for a part at most. */
const PARTS_PER_THREAD = 8;

interface Work {
  /** Additions, multiplications and numbers moved, roughly: what decides whether threads are worth it. */
  readonly operations: number;
  /** How many calls one after the other depend on each other, so that one thread runs them in order. Default: 1. */
  readonly together?: number;
  /** Bytes that each thread needs for its own use. Their address is then the first argument. */
  readonly scratchBytes?: number;
}

/**
 * Runs a function once for each list of arguments, on all threads that there are. Calls must not depend on those of another group of `together`, so
 * that the results do not depend on the number of threads.
 */
export function runCalls(
  fn: CompiledSimdFunction,
  calls: readonly (readonly number[])[],
  { operations, together = 1, scratchBytes = 0 }: Work,
  backend: BackendWasm,
): void {
  // First what is quickly found out: a step of a small network runs only small functions.
  const isLarge = operations >= MIN_OPERATIONS && calls.length > together;
  const threads = isLarge ? threadsOf.get(wasmMemory(backend).memory) : undefined;
  const useThreads = threads && threads.count > 1;
  const count = useThreads ? threads.count : 1;
  const scratch = scratchBytes > 0 ? backend.makeOutput([count * (scratchBytes / 4)], 'float32') : undefined;
  const address = scratch && addressOf(backend, scratch);
  const [first] = calls;
  if (useThreads && first) {
    const width = first.length;
    const list = new Int32Array(calls.length * width);
    for (const [i, call] of calls.entries()) list.set(call, i * width);
    const atOnce = Math.max(1, Math.floor(calls.length / (count * PARTS_PER_THREAD * together))) * together;
    threads.run(fn, originOf(fn), {
      list,
      width,
      atOnce,
      ...(address !== undefined && { scratch: { address, bytes: scratchBytes } }),
    });
  } else if (address === undefined) for (const call of calls) fn(...call);
  else for (const call of calls) fn(address, ...call);
  if (scratch) free(backend, scratch);
}
