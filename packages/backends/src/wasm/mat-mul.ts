import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type TensorInfo, backend_util } from '@tensorflow/tfjs-core';
import { free, ints, type KernelCall, reshaped, sizeOf } from './heap.js';
import { stock } from './stock.js';

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Matrix product. The stock kernel is fast for plain operands alone: a transposed one, which every gradient of a dense
 * layer has, takes a scalar loop that is seven times slower. So operands are transposed first. It also refuses int32.
 */
export function batchMatMul({ inputs: { a, b }, backend, attrs }: KernelCall<'a' | 'b', MatMulAttributes>): TensorInfo {
  if (a.dtype === 'int32' && b.dtype === 'int32') return integerMatMul(a, b, backend, attrs);
  if (!attrs.transposeA && !attrs.transposeB) return stock('BatchMatMul', backend, { a, b }, attrs);
  const plainA = attrs.transposeA ? matrixTranspose(a, backend) : reshaped(backend, a, a.shape);
  const plainB = attrs.transposeB ? matrixTranspose(b, backend) : reshaped(backend, b, b.shape);
  const product = matMul(plainA, plainB, backend);
  free(backend, plainA, plainB);
  return product;
}

/** The product of two matrices, or of two stacks of them, with no operand transposed. */
export function matMul(a: TensorInfo, b: TensorInfo, backend: BackendWasm): TensorInfo {
  return stock('BatchMatMul', backend, { a, b }, { transposeA: false, transposeB: false });
}

/** Swaps the last two axes. */
function matrixTranspose(x: TensorInfo, backend: BackendWasm): TensorInfo {
  const rows = x.shape.at(-2) as number;
  const columns = x.shape.at(-1) as number;
  const outer = x.shape.slice(0, -2);
  const stack = reshaped(backend, x, [sizeOf(outer), rows, columns]);
  const swapped = stock('Transpose', backend, { x: stack }, { perm: [0, 2, 1] });
  free(backend, stack);
  return { ...swapped, shape: [...outer, columns, rows] };
}

/** Small by nature (confusion matrices are counted with it), so a plain loop; exact where float32 would round. */
function integerMatMul(a: TensorInfo, b: TensorInfo, backend: BackendWasm, attrs: MatMulAttributes): TensorInfo {
  const [rows, inner] = attrs.transposeA ? lastTwo(a).reverse() : lastTwo(a);
  const [innerB, columns] = attrs.transposeB ? lastTwo(b).reverse() : lastTwo(b);
  if (rows === undefined || inner === undefined || columns === undefined || inner !== innerB) {
    throw new Error(`matMul: the inner sizes of [${a.shape}] and [${b.shape}] differ`);
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
    // A single matrix serves the whole stack.
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
