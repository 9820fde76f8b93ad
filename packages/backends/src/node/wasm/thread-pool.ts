/*
 * As published, the module's thread pool costs more than it gains. Every kernel, however small, waits for every thread,
 * and a waiting thread spins a million times before it sleeps. Where another program competes for the processor, a
 * spinning thread blocks the thread that it waits for, and a step of a small network takes ten times as long as on one
 * thread. So threads here sleep earlier, and only large kernels use the pool.
 */

/**
 * The word where version 4.22.0 of the module keeps the address of its pool. While it is 0, kernels run on one thread.
 */
const POOL_WORD = 23564 / 4;
/** `i32.const 1000000`, in three places: how often a thread tests whether its wait is over before it sleeps. */
const LONG_SPIN = Uint8Array.of(0x41, 0xc0, 0x84, 0x3d);
/** `i32.const 20000`, about 20 µs, in the same number of bytes. A multiple of 5, because the loop tests five times. */
const SHORT_SPIN = Uint8Array.of(0x41, 0xa0, 0x9c, 0x01);

/** Kernels of TensorFlow.js with at least this many multiplications use threads: more than 0.1 ms on one thread. */
const MIN_MULTIPLICATIONS = 2e6;

/** The members of the Emscripten module that concern its thread pool. */
export interface PooledModule {
  readonly HEAP32: Int32Array;
  tfjs: { getThreadsCount(): number } & Record<string, unknown>;
  cwrap(name: string, ...types: unknown[]): (...args: never[]) => unknown;
}

/** Turns a pool on or off; without it, every kernel computes in the calling thread. */
export type PoolSwitch = (on: boolean) => void;

/**
 * Changes the module's code in place, so that its threads sleep earlier.
 *
 * @throws Error when the code is not that of version 4.22.0
 */
export function shortenSpinWaits(code: Buffer): void {
  let found = 0;
  for (let at = code.indexOf(LONG_SPIN); at >= 0; at = code.indexOf(LONG_SPIN, at)) {
    code.set(SHORT_SPIN, at);
    found++;
  }
  if (found !== 3) throw new Error(`unknown version of the wasm module: its code must have 3 spin waits; got ${found}`);
}

/**
 * Makes only large products and convolutions use the running pool. Must be called before the backend's kernels are set
 * up.
 *
 * @param count the number of threads that the pool must have
 * @returns turns the pool off and on again, whatever the size of a kernel
 * @throws Error when it has another number, or its address is not where version 4.22.0 keeps it
 */
export function limitPoolToLargeKernels(module: PooledModule, count: number): PoolSwitch {
  // Views of shared memory stay valid when it grows.
  const words = module.HEAP32;
  const started = module.tfjs.getThreadsCount();
  const pool = words[POOL_WORD] as number;
  words[POOL_WORD] = 0;
  if (started !== count || module.tfjs.getThreadsCount() !== -1) {
    words[POOL_WORD] = pool;
    throw new Error(`unknown version of the wasm module: the address of its pool of ${started} threads was not found`);
  }
  let isOn = true;
  const cwrap = module.cwrap;
  module.cwrap = (name, ...types) => {
    const kernel = cwrap(name, ...types);
    const multiplications = MULTIPLICATIONS[name];
    if (!multiplications) return kernel;
    return (...args) => {
      if (!isOn || multiplications(...args) < MIN_MULTIPLICATIONS) return kernel(...args);
      words[POOL_WORD] = pool;
      try {
        return kernel(...args);
      } finally {
        words[POOL_WORD] = 0;
      }
    };
  };
  return (on) => {
    isOn = on;
  };
}

/** The module's functions that may use the pool, and how to count their multiplications from their arguments. */
const MULTIPLICATIONS: Readonly<Record<string, (...call: never[]) => number>> = {
  _FusedMatMul: matMul,
  BatchMatMul: matMul,
  Conv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedConv2D: (...call) => convolution(...withoutBias(call)),
  FusedDepthwiseConv2D: (...call) => depthwise(...withoutBias(call)),
};

/** The size of the first matrix times the columns of the second. Shapes are passed as bytes. */
function matMul(
  _a: number,
  shapeA: Uint8Array,
  _rankA: number,
  _b: number,
  shapeB: Uint8Array,
  _rankB: number,
  _transposeA: boolean,
  transposeB: boolean,
): number {
  const size = new Int32Array(shapeA.buffer).reduce((product, length) => product * length);
  return size * (new Int32Array(shapeB.buffer).at(transposeB ? -2 : -1) as number);
}

type Convolution = Parameters<typeof convolution>;

/** The size of the output times the number of products that are summed for each element. */
function convolution(
  _x: number,
  batch: number,
  height: number,
  width: number,
  _filter: number,
  filterHeight: number,
  filterWidth: number,
  top: number,
  right: number,
  bottom: number,
  left: number,
  _isSame: number,
  dilationHeight: number,
  dilationWidth: number,
  strideHeight: number,
  strideWidth: number,
  channels: number,
  outChannels: number,
): number {
  const rows = Math.ceil((height + top + bottom - dilationHeight * (filterHeight - 1)) / strideHeight);
  const columns = Math.ceil((width + left + right - dilationWidth * (filterWidth - 1)) / strideWidth);
  return batch * rows * columns * outChannels * filterHeight * filterWidth * channels;
}

/** A depthwise convolution does not sum over channels. */
function depthwise(...call: Convolution): number {
  return convolution(...call) / call[16];
}

/** Removes the bias from the arguments of a fused convolution: it follows the size of the filter. */
function withoutBias(call: readonly unknown[]): Convolution {
  return call.toSpliced(7, 1) as Convolution;
}
