/*
 * As published, the module's pool of threads costs more than it brings. Every kernel, however small, waits for every
 * thread, and who waits looks a million times before it sleeps. Where another program wants the processor too, a thread
 * that waits like this keeps out the one that it waits for, and a step of a small network takes ten times as long as on
 * one thread. So threads sleep earlier here, and only large kernels are shared.
 */

/** Multiplications from which on a kernel is shared: above a tenth of a millisecond of one thread. */
const SHARED_FROM = 2e6;

/** The word in which version 4.22.0 of the module keeps its pool's address; kernels are not shared while it is 0. */
const POOL = 23564 / 4;
/** `i32.const 1000000`, in three places: how often a thread looks whether its wait is over before it sleeps. */
const LONG_WAIT = Uint8Array.of(0x41, 0xc0, 0x84, 0x3d);
/** `i32.const 20000`, some 20 µs, in as many bytes. A multiple of 5, because a round of the loop looks five times. */
const SHORT_WAIT = Uint8Array.of(0x41, 0xa0, 0x9c, 0x01);

/** The part of a module that has to do with its pool. */
export interface PooledModule {
  readonly HEAP32: Int32Array;
  tfjs: { getThreadsCount(): number } & Record<string, unknown>;
  cwrap(name: string, ...types: unknown[]): (...args: never[]) => unknown;
}

/**
 * Changes the module's code in place, so that its threads sleep earlier.
 *
 * @throws Error when the code is another than that of version 4.22.0
 */
export function shortenWaits(code: Buffer): void {
  let found = 0;
  for (let at = code.indexOf(LONG_WAIT); at >= 0; at = code.indexOf(LONG_WAIT, at)) {
    code.set(SHORT_WAIT, at);
    found++;
  }
  if (found !== 3) throw new Error('an unknown version of the module: its threads wait in another way');
}

/**
 * Keeps the running pool for large products and convolutions. To be called before the backend's kernels are set up.
 *
 * @param count the number of threads that the pool must have
 * @throws Error when it has another, or is not where it was looked for
 */
export function reserveForLarge(module: PooledModule, count: number): void {
  // Memory that is shared keeps its views when it grows.
  const words = module.HEAP32;
  const started = module.tfjs.getThreadsCount();
  const pool = words[POOL] as number;
  words[POOL] = 0;
  if (started !== count || module.tfjs.getThreadsCount() !== -1) {
    words[POOL] = pool;
    throw new Error(`an unknown version of the module: its pool of ${started} threads is elsewhere`);
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
