import type { Compiler } from './capture/compiled-function.js';

/** What a backend says of itself once it is ready. */
export interface OpenedBackend {
  /** The version of the package that computes. */
  readonly version: string;
  /** Where tensors live and are computed, in words: "CPU (WebAssembly with SIMD, 1 thread)". */
  readonly device: string;
  /** Makes recorded functions fast on it; left out by a backend that has no way to. */
  readonly compiler?: Compiler;
}

/** A row of the table of backends. */
export interface Backend {
  /** The name by which it is chosen, also TensorFlow.js's name for it. */
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /**
   * Makes it TensorFlow.js's current backend, loading what it needs first; doing so again changes nothing.
   *
   * @throws BackendError when it cannot run on this machine
   */
  open(): Promise<OpenedBackend>;
}
