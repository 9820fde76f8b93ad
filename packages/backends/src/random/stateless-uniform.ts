import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/** The name of the kernel. Its input is `seed`, its attributes are `shape` and `salt`. */
export const STATELESS_RANDOM_UNIFORM = 'StatelessRandomUniform';

/** The attributes of the kernel. */
export interface StatelessUniformAttributes {
  readonly shape: number[];
  readonly salt: number;
}

/**
 * Uniform random numbers in [0, 1) that depend on seed, salt and shape alone. `tf.randomUniform` draws in JavaScript;
 * this is an operation like any other, so a step that is traced once and replayed gets new numbers with each new seed.
 * On wasm and cpu the numbers are the same, bit for bit; on webgpu they are others. No gradient flows through it.
 *
 * @param shape shape of the result
 * @param seed int32 of shape [2]
 * @param salt a whole number of 32 bits; draws from one seed with different salts are independent
 * @returns float32 of that shape
 * @throws Error for a seed of another type or shape, and on a backend without the kernel: see {@link canDrawStateless}
 */
export function statelessUniform(shape: number[], seed: Tensor, salt: number): Tensor {
  if (seed.dtype !== 'int32' || seed.shape.length !== 1 || seed.shape[0] !== 2)
    throw new Error(
      `statelessUniform: seed must be int32 of shape [2]; got ${seed.dtype} of shape [${seed.shape.join(', ')}]`,
    );
  return engine().runKernel(STATELESS_RANDOM_UNIFORM, { seed }, { shape, salt });
}

/** Whether the current backend has {@link statelessUniform}. Every backend that `useBackend` has opened does. */
export function canDrawStateless(): boolean {
  return getKernel(STATELESS_RANDOM_UNIFORM, getBackend()) !== undefined;
}
