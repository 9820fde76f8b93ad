import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { free, ints, type KernelCall, reshaped, sizeOf } from './heap.js';
import { panelMatMul } from './panel-product.js';
import { runTfjsKernel } from './tfjs-kernel.js';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * A matrix product. TensorFlow.js's kernel is fast only for operands that are not transposed. For the others, which
 * every gradient of a dense layer has, its loop does not use SIMD and takes seven times as long; so operands are
 * transposed first. That kernel also rejects int32.
 */
export function batchMatMul({ inputs: { a, b }, backend, attrs }: KernelCall<'a' | 'b', MatMulAttributes>): TensorInfo {
  if (a.dtype === 'int32' && b.dtype === 'int32') return integerMatMul(a, b, backend, attrs);
  const product = panelMatMul(a, b, attrs, backend);
  if (product) return product;
  if (!attrs.transposeA && !attrs.transposeB) return runTfjsKernel('BatchMatMul', backend, { a, b }, attrs);
  const plainA = attrs.transposeA ? matrixTranspose(a, backend) : reshaped(backend, a, a.shape);
  const plainB = attrs.transposeB ? matrixTranspose(b, backend) : reshaped(backend, b, b.shape);
  const result = matMul(plainA, plainB, backend);
  free(backend, plainA, plainB);
  return result;
}

/** The product of two matrices, or of two stacks of matrices, neither transposed. */
export function matMul(a: TensorInfo, b: TensorInfo, backend: BackendWasm): TensorInfo {
  return runTfjsKernel('BatchMatMul', backend, { a, b }, { transposeA: false, transposeB: false });
}

/** The tensor with its last two axes swapped. */
function matrixTranspose(x: TensorInfo, backend: BackendWasm): TensorInfo {
  const rows = x.shape.at(-2) as number;
  const columns = x.shape.at(-1) as number;
  const outer = x.shape.slice(0, -2);
  const stack = reshaped(backend, x, [sizeOf(outer), rows, columns]);
  const swapped = runTfjsKernel('Transpose', backend, { x: stack }, { perm: [0, 2, 1] });
  free(backend, stack);
  return { ...swapped, shape: [...outer, columns, rows] };
}

/** A plain loop, because integer matrices are small: confusion matrices. Exact where float32 would round. */
function integerMatMul(a: TensorInfo, b: TensorInfo, backend: BackendWasm, attrs: MatMulAttributes): TensorInfo {
  const [rows, inner] = attrs.transposeA ? lastTwo(a).reverse() : lastTwo(a);
  const [innerB, columns] = attrs.transposeB ? lastTwo(b).reverse() : lastTwo(b);
  if (rows === undefined || inner === undefined || columns === undefined || inner !== innerB) {
    throw new Error(`matMul: inner sizes must be equal; got shapes [${a.shape}] and [${b.shape}]`);
  }
  const outer = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const result = backend.makeOutput([...outer, rows, columns], 'int32');
  const as = ints(backend, a);
  const bs = ints(backend, b);
  const out = ints(backend, result);
  const [aRow, aInner] = attrs.transposeA ? [1, rows] : [inner, 1];
  const [bInner, bColumn] = attrs.transposeB ? [1, inner] : [columns, 1];
  for (let at = 0; at < out.length; at++) {
    const matrix = Math.floor(at / (rows * columns));
    const row = Math.floor(at / columns) % rows;
    const column = at % columns;
    // A single matrix is broadcast over the other stack.
    const aStart = ((matrix * rows * inner) % as.length) + row * aRow;
    const bStart = ((matrix * inner * columns) % bs.length) + column * bColumn;
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += (as[aStart + k * aInner] as number) * (bs[bStart + k * bInner] as number);
    out[at] = sum;
  }
  return result;
}

function lastTwo({ shape }: TensorInfo): number[] {
  return shape.slice(-2);
}
