import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { StatelessUniformAttributes } from '../random/stateless-uniform.js';
import { elementwiseProgram } from './elementwise-program.js';
import type { GpuKernelCall } from './gpu.js';

/**
 * Each number is a hash of seed, salt and position, so that all are drawn at once: the finaliser of MurmurHash3 (A. Appleby) over
 * multiples of the golden ratio, as in SplitMix (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014), and once more with a second hash of the seed.
 */
const HASH = `
  fn mixed(word : u32) -> u32 {
    var h = word;
    h = (h ^ (h >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    return h ^ (h >> 16u);
  }
  fn hashed(start : u32) -> u32 {
    let first = bitcast<u32>(seed[0]);
    let second = bitcast<u32>(seed[1]);
    return mixed(mixed(mixed(start + first) + second) + bitcast<u32>(uniforms.salt));
  }
`;

/** Uniform random numbers in [0, 1), each a multiple of 2⁻²⁴; others than those of wasm and cpu, which are drawn one after the other. */
export function statelessUniform(call: GpuKernelCall<'seed', StatelessUniformAttributes>): TensorInfo {
  const { inputs, backend, attrs } = call;
  const program = elementwiseProgram(
    'uniform',
    ['seed'],
    attrs.shape,
    `let bits = mixed(mixed(hashed(0x9e3779b9u) + u32(index) * 0x9e3779b9u) + hashed(0x3c6ef372u));
     setOutputAtIndex(index, f32(bits >> 8u) * 0x1p-24);`,
    { declarations: HASH, uniforms: 'salt : i32,' },
  );
  return backend.runWebGPUProgram(program, [inputs.seed], 'float32', [{ type: 'int32', data: [attrs.salt | 0] }]);
}
