import type { Tensor } from '@tensorflow/tfjs-core';
import { AttributeType } from './attributes.js';
import { DataType } from './data-types.js';
import { type KernelCall, stock } from './stock.js';

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Multiplications in a stack above which oneDNN, with a cost of its own of 50 µs a call, is the faster on a CPU. */
const ONE_DNN_PAYS = 4e6;

/**
 * The product of matrices, or of stacks of them. tfjs-node takes BatchMatMulV2 for all, which oneDNN computes: for the
 * matrices of a small layer eight times as long as TensorFlow's own kernels, one for matrices and one for stacks.
 */
export function batchMatMul({ inputs: { a, b }, backend, attrs }: KernelCall<'a' | 'b', Attributes>): Tensor {
  const transposed = (nameA: string, nameB: string) => [
    { name: nameA, type: AttributeType.bool, value: attrs.transposeA },
    { name: nameB, type: AttributeType.bool, value: attrs.transposeB },
  ];
  if (a.rank === 2 && b.rank === 2) {
    return backend.executeSingleOutput('MatMul', transposed('transpose_a', 'transpose_b'), [a, b]);
  }
  if (a.dtype !== 'float32' || backend.binding.isUsingGpuDevice() || multiplications(a, b, attrs) > ONE_DNN_PAYS) {
    return stock('BatchMatMul', backend, { a, b }, attrs);
  }
  const type = { name: 'Tout', type: AttributeType.type, value: DataType.float32 };
  return backend.executeSingleOutput('BatchMatMulV3', [...transposed('adj_x', 'adj_y'), type], [a, b]);
}

function multiplications(a: Tensor, b: Tensor, { transposeB }: Attributes): number {
  const matrixOf = ({ shape }: Tensor) => (shape.at(-1) as number) * (shape.at(-2) as number);
  // A stack may be repeated along the other's axes.
  const matrices = Math.max(a.size / matrixOf(a), b.size / matrixOf(b));
  return matrices * matrixOf(a) * (b.shape.at(transposeB ? -2 : -1) as number);
}
