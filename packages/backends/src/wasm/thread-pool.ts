/*
 * The module's pool of threads as published costs more than it brings: each kernel, however small, waits for each
 * thread, and whoever waits first spins a million times. Where another program takes processor time, a thread that waits
 * in this way keeps out the one it waits for, and a step of a small network takes ten times as long as on one thread. So
 * threads wait briefly before they sleep, and only what is large enough is shared between them.
 */

/** Multiplications from which on a kernel is shared: about a tenth of a millisecond of one thread. */
const SHARED_FROM = 1e6;

/** Where version 4.22.0 of the module keeps the address of its pool; kernels work alone while it is 0. In words. */
const POOL = 23564 / 4;
/** `i32.const 1000000`: how often a thread looks whether its wait is over before it sleeps. In three places. */
const LONG_WAIT = Uint8Array.of(0x41, 0xc0, 0x84, 0x3d);
/** `i32.const 20000`, equally long: some 20 µs. The loop looks five times a round, so a multiple of 5. */
const SHORT_WAIT = Uint8Array.of(0x41, 0xa0, 0x9c, 0x01);

/** The part of a module that has to do with its pool. */
export interface PooledModule {
  readonly HEAP32: Int32Array;
  tfjs: { getThreadsCount(): number } & Record<string, unknown>;
  cwrap(name: string, ...types: unknown[]): (...args: never[]) => unknown;
}

/** Changes a threaded module's code so that threads wait briefly before they sleep. */
export function shortenWaits(code: Buffer): void {
  let found = 0;
  for (let at = code.indexOf(LONG_WAIT); at >= 0; at = code.indexOf(LONG_WAIT, at)) {
    code.set(SHORT_WAIT, at);
    found++;
  }
  if (found !== 3) throw new Error('its threads wait in an unknown way');
}

/**
 * Keeps the running pool for kernels with much to multiply. To be called before the backend's kernels are set up.
 *
 * @param count the number of threads that the pool must have
 */
export function reserveForLarge(module: PooledModule, count: number): void {
  // Stays good when memory grows, because it is shared.
  const words = module.HEAP32;
  const started = module.tfjs.getThreadsCount();
  const pool = words[POOL] as number;
  words[POOL] = 0;
  if (started !== count || module.tfjs.getThreadsCount() !== -1) {
    words[POOL] = pool;
    throw new Error(`its ${started} threads are not where they were looked for`);
  }
  const cwrap = module.cwrap;
  module.cwrap = (name, ...types) => {
    const kernel = cwrap(name, ...types);
    const multiplications = MULTIPLICATIONS[name];
    if (!multiplications) return kernel;
    return (...args) => {
      if (multiplications(...args) < SHARED_FROM) return kernel(...args);
      words[POOL] = pool;
      try {
        return kernel(...args);
      } finally {
        words[POOL] = 0;
      }
    };
  };
}

/** The module's functions that may be shared, with their multiplications. */
const MULTIPLICATIONS: Readonly<Record<string, (...call: never[]) => number>> = {
  _FusedMatMul: matMul,
  BatchMatMul: matMul,
  Conv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedConv2D: (...call) => convolution(...withoutBias(call)),
  FusedDepthwiseConv2D: (...call) => depthwise(...withoutBias(call)),
};

/** The size of the first matrix times the columns of the second; shapes come as bytes. */
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

/** The size of the output times what is summed up for each element of it. */
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

/** A convolution of each channel by itself: nothing is summed over channels. */
function depthwise(...call: Convolution): number {
  return convolution(...call) / call[16];
}

/** Fused convolutions have a bias behind the filter's size. */
function withoutBias(call: readonly unknown[]): Convolution {
  return call.toSpliced(7, 1) as Convolution;
}
