import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { originalKernel } from '../kernels/overrides.js';
import { elementwiseProgram } from './elementwise-program.js';
import type { GpuKernelCall } from './gpu.js';

/**
 * Powers with whole exponents by multiplication. WGSL's `pow` is exact to 2⁻²¹ of a logarithm only, so that 1 − 0.999¹, by which Adam
 * divides in its first step, could be off by 3 parts in 10,000; by multiplication it has the last bit of 0.999.
 */
export const POWER = `
  fn power(a : f32, b : f32) -> f32 {
    let count = abs(b);
    if (floor(b) == b && count < 16777216.0) {
      var product = 1.0;
      var base = a;
      var left = u32(count);
      loop {
        if (left == 0u) { break; }
        if ((left & 1u) == 1u) { product *= base; }
        base *= base;
        left >>= 1u;
      }
      if (b < 0.0) { return 1.0 / product; }
      return product;
    }
    if (isnan(a) || isnan(b) || a < 0.0) { return uniforms.NAN; }
    if (a == 0.0) { return select(0.0, uniforms.INFINITY, b < 0.0); }
    return pow(a, b);
  }
`;

/** The power of floats; of whole numbers as TensorFlow.js computes it. */
export function power(call: GpuKernelCall<'a' | 'b'>): TensorInfo {
  const { inputs, backend } = call;
  const { a, b } = inputs;
  const stored = [a, b].map(({ dataId }) => backend.tensorMap.get(dataId).dtype);
  if (stored.some((dtype) => dtype !== 'float32'))
    return originalKernel('webgpu', 'Pow').kernelFunc(call as never) as TensorInfo;
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const program = elementwiseProgram(
    'power',
    ['A', 'B'],
    shape,
    'setOutputAtIndex(index, power(getAByOutputIndex(index), getBByOutputIndex(index)));',
    { declarations: POWER },
  );
  return backend.runWebGPUProgram(program, [a, b], 'float32');
}
