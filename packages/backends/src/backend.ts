import type { Compiler } from './trace/compiled-function.js';

/** How to open a backend. */
export interface BackendOptions {
  /**
   * Where a page finds the files of WebAssembly that `@tensorflow/tfjs-backend-wasm` has in its folder `wasm-out`: the address of that
   * folder, with a slash at its end, or the address of each file by its name. Default: next to the page's script.
   */
  readonly wasmPaths?: string | Readonly<Record<WasmFile, string>> | undefined;
  /**
   * With `auto`: whether a search or training may move to a graphics processor on which its steps turn out to be faster, measured on the
   * model at hand. Numbers on it can be read by `await tensor.data()` alone, also those of the model afterwards. Default: no.
   */
  readonly byPace?: boolean | undefined;
  /**
   * Threads that `useThreads` may ask for later, at least 1; more than 8 count as 8. Those above the number that the backend begins with
   * start once they are needed. For WebAssembly in Node; elsewhere nothing changes. Default: the number that it begins with.
   */
  readonly mostThreads?: number | undefined;
}

/** A file of WebAssembly: without and with SIMD, and with threads for pages that are cross-origin isolated. */
export type WasmFile =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-threaded-simd.wasm';

/** What a backend reports once it is ready. */
export interface OpenedBackend {
  /** The version of the package or library that computes. */
  readonly version: string;
  /** Where tensors live and are computed, in words: `CPU (WebAssembly with SIMD, 1 thread)`. */
  readonly device: string;
  /** Compiles traces. Left out by a backend without a compiler. */
  readonly compiler?: Compiler;
  /** Lets kernels use at most so many threads, the caller's among them. Left out where nothing can be limited. */
  readonly useThreads?: (threads: number) => void;
  /**
   * Waits until the device has checked everything that was asked of it, and resolves with what failed since the last call, which is
   * thereby forgotten; a device that is gone has been replaced then. Left out where every failure is thrown at once.
   */
  readonly settle?: () => Promise<BackendFailure | undefined>;
}

/** What failed on a device that reports failures later. */
export interface BackendFailure {
  readonly error: Error;
  /** Whether the device was lost, with all numbers that only it had. */
  readonly lost: boolean;
}

/** A backend as it is found on this machine, without being opened. */
export interface FoundBackend {
  /** Whether everything it needs was found. */
  readonly usable: boolean;
  /** The version of the package or library that computes; null where it is missing, or unknown until it is opened. */
  readonly version: string | null;
  /** Where it can compute, in words; null where it is missing. */
  readonly device: string | null;
  /** The folder of its library; null where it is missing or comes with npm. */
  readonly folder: string | null;
  /**
   * What named the folder: `LRFIND_TENSORFLOW`, lrfind's own installation, or the Python on PATH; null without a
   * folder.
   */
  readonly source: 'environment' | 'installed' | 'python' | null;
  /** Why it is not usable, or what is wrong with it, in sentences without a full stop. */
  readonly notes: readonly string[];
}

/** An entry of the table of backends. */
export interface Backend {
  /** The name by which users choose it, also TensorFlow.js's name for it. */
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * Whether TensorFlow.js has a backend of the same name, which this one corrects for training. If the caller has
   * opened that one, lrfind corrects it before the first training step.
   */
  readonly corrects: boolean;
  /** The npm package that computes. Left out where none does. */
  readonly npmPackage?: string;
  /** Looks for what it needs on this machine. Opens nothing. */
  find(): FoundBackend;
  /**
   * Whether its pace should be measured where `auto` chooses by pace: it has a processor of its own here, and time may decide. Left out
   * by a backend that is chosen without.
   */
  readonly mayBeFaster?: () => Promise<boolean>;
  /**
   * Loads what it needs and makes it TensorFlow.js's current backend. Opening it again changes nothing.
   *
   * @throws BackendError when it cannot run on this machine
   */
  open(options: BackendOptions): Promise<OpenedBackend>;
}

/** What `find` returns for a backend that comes with npm: it is always usable. */
export function foundWithNpm(device: string): FoundBackend {
  return { usable: true, version: null, device, folder: null, source: null, notes: [] };
}
