import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/** The kernel's name; its input is `seed`, its attributes are `shape` and `salt`. */
export const STATELESS_RANDOM_UNIFORM = 'StatelessRandomUniform';

/** The attributes of the kernel. */
export interface StatelessUniformAttributes {
  readonly shape: number[];
  readonly salt: number;
}

/**
 * Uniform numbers in [0, 1) that follow from seed, salt and shape alone. Unlike `tf.randomUniform`, which draws in
 * JavaScript, it is an operation like any other: in a step that is recorded once and replayed, the numbers are new whenever
 * the seed is. They are equal on wasm and cpu, bit for bit. No gradient flows through it.
 *
 * @param shape shape of the result
 * @param seed int32 of shape [2]
 * @param salt a whole number of 32 bits that tells the draws of one seed apart
 * @returns float32 of that shape
 * @throws Error for a seed of another type or shape, and when the current backend cannot: see {@link canDrawStateless}
 */
export function statelessUniform(shape: number[], seed: Tensor, salt: number): Tensor {
  if (seed.dtype !== 'int32' || seed.shape.length !== 1 || seed.shape[0] !== 2)
    throw new Error(`statelessUniform: seed is ${seed.dtype} of shape [${seed.shape}], it must be int32 of shape [2]`);
  return engine().runKernel(STATELESS_RANDOM_UNIFORM, { seed }, { shape, salt });
}

/** Whether the current backend has {@link statelessUniform}: each of ours has, once `useBackend` has opened it. */
export function canDrawStateless(): boolean {
  return getKernel(STATELESS_RANDOM_UNIFORM, getBackend()) !== undefined;
}
