import type { Tensor } from '@tensorflow/tfjs-core';
import { AttributeType } from './attributes.js';
import { DataType } from './data-types.js';
import { type KernelCall, runTfjsKernel } from './tfjs-kernel.js';

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** From this many multiplications on, oneDNN is faster on a CPU for stacks of matrices: each call costs it 50 µs. */
const MIN_ONE_DNN_MULTIPLICATIONS = 4e6;

/**
 * A product of matrices, or of stacks of matrices. tfjs-node always runs BatchMatMulV2, which oneDNN computes. For the
 * matrices of a small layer it takes eight times as long as TensorFlow's own kernels, one for matrices and one for
 * stacks.
 */
export function batchMatMul({ inputs: { a, b }, backend, attrs }: KernelCall<'a' | 'b', Attributes>): Tensor {
  const transposed = (nameA: string, nameB: string) => [
    { name: nameA, type: AttributeType.bool, value: attrs.transposeA },
    { name: nameB, type: AttributeType.bool, value: attrs.transposeB },
  ];
  if (a.rank === 2 && b.rank === 2) {
    return backend.executeSingleOutput('MatMul', transposed('transpose_a', 'transpose_b'), [a, b]);
  }
  const usesOneDnn = () => multiplications(a, b, attrs) > MIN_ONE_DNN_MULTIPLICATIONS;
  if (a.dtype !== 'float32' || backend.binding.isUsingGpuDevice() || usesOneDnn()) {
    return runTfjsKernel('BatchMatMul', backend, { a, b }, attrs);
  }
  const type = { name: 'Tout', type: AttributeType.type, value: DataType.float32 };
  return backend.executeSingleOutput('BatchMatMulV3', [...transposed('adj_x', 'adj_y'), type], [a, b]);
}

function multiplications(a: Tensor, b: Tensor, { transposeB }: Attributes): number {
  const matrixOf = ({ shape }: Tensor) => (shape.at(-1) as number) * (shape.at(-2) as number);
  // One stack may be broadcast over the other.
  const matrices = Math.max(a.size / matrixOf(a), b.size / matrixOf(b));
  return matrices * matrixOf(a) * (b.shape.at(transposeB ? -2 : -1) as number);
}
